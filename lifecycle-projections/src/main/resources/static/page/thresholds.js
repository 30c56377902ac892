/** All thresholds of a replay's candidate: read once, looked up while the slider moves. */

import { element } from './dom.js';
import { answerOf } from './server.js';
import { count } from './words.js';

const PAGE = 1000;
const WIDTH = 1000;
const HEIGHT = 180;
const MARKED = ['kept', 'earlier', 'later', 'gained'];
const SVG = 'http://www.w3.org/2000/svg';

const byId = (id) => document.getElementById(id);
const sum = (numbers) => numbers.reduce((total, number) => total + number, 0);
const leads = (tally) => sum(Object.values(tally));

function drawn(name, attributes) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) {
    made.setAttribute(key, value);
  }
  return made;
}

export class Thresholds {
  /** @param {() => void} onMove when another threshold is chosen */
  constructor(onMove) {
    this.onMove = onMove;
    this.answers = [];
    this.slider = byId('threshold');
    this.slider.addEventListener('input', () => this.move());
    this.hide();
  }

  hide() {
    this.id = null;
    this.answers = [];
    for (const part of ['slider', 'curve', 'no-slider', 'grown']) {
      byId(part).hidden = true;
    }
  }

  get value() {
    return Number(this.slider.value);
  }

  /** Whether what is shown is of the threshold that was replayed. */
  isOwn() {
    return this.answers.length === 0 || this.value === this.own;
  }

  /** @param {number} logPosition of the replay: where thresholds were tried on more than it read, none are shown */
  async load(id, logPosition) {
    this.id = id;
    const answers = [];
    let own = 0;
    let after = null;
    do {
      const query = new URLSearchParams({ limit: PAGE, ...(after !== null && { after }) });
      const { answer, problem } = await answerOf(`v1/replays/${id}/thresholds?${query}`);
      if (id !== this.id) {
        return;
      }
      if (problem) {
        byId('no-slider').textContent = `There are no other thresholds to look at: ${problem.detail ?? 'the engine does not answer'}.`;
        byId('no-slider').hidden = false;
        return;
      }
      if (answer.logPosition !== logPosition) {
        byId('grown').hidden = false;
        return;
      }
      answers.push(...answer.answers);
      own = answer.candidateThreshold;
      after = answer.next;
    } while (after !== null);
    this.answers = answers;
    this.own = own;
    const levels = answers.map((answer) => answer.upTo).filter((level) => level !== null);
    this.slider.min = Math.min(own, ...levels);
    this.slider.max = Math.max(own, ...levels.map((level) => level + 1));
    this.slider.value = own;
    byId('slider').hidden = false;
    this.draw();
    this.move();
  }

  move() {
    byId('threshold-now').textContent = count(this.value);
    const at = this.x(this.value);
    this.now?.setAttribute('x1', at);
    this.now?.setAttribute('x2', at);
    this.onMove();
  }

  /** The answer that holds for a threshold: above the end of the one before, up to its own. */
  at(threshold) {
    let [low, high] = [0, this.answers.length - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      const { upTo } = this.answers[middle];
      if (upTo === null || threshold <= upTo) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return this.answers[low];
  }

  /** By the two marks, under the threshold that was chosen; undefined where none can be. */
  sets() {
    return this.answers.length > 0 ? this.at(this.value).sets : undefined;
  }

  /** Of all leads, by stage, under the threshold that was chosen; undefined where none can be. */
  funnel() {
    return this.answers.length > 0 ? this.at(this.value).funnel : undefined;
  }

  x(threshold) {
    const [min, max] = [Number(this.slider.min), Number(this.slider.max)];
    return max > min ? (WIDTH * (threshold - min)) / (max - min) : 0;
  }

  /** What is marked, what of it was won, and what of the won it has, over all thresholds. */
  draw() {
    const won = sum(Object.values(this.answers[0].sets).map((tally) => tally.won));
    const all = sum(Object.values(this.answers[0].sets).map(leads));
    const lines = {
      marked: ({ marked }) => marked / Math.max(all, 1),
      precision: ({ marked, markedWon }) => (marked > 0 ? markedWon / marked : null),
      recall: ({ markedWon }) => (won > 0 ? markedWon / won : null),
    };
    const svg = drawn('svg', { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: 'none', 'aria-hidden': 'true' });
    svg.append(drawn('line', { class: 'base', x1: 0, x2: WIDTH, y1: HEIGHT, y2: HEIGHT }));
    for (const [name, part] of Object.entries(lines)) {
      svg.append(drawn('path', { class: name, d: this.path(part) }));
    }
    const own = this.x(this.own);
    svg.append(drawn('line', { class: 'own', x1: own, x2: own, y1: 0, y2: HEIGHT }));
    this.now = drawn('line', { class: 'now', y1: 0, y2: HEIGHT });
    svg.append(this.now);
    byId('curve').replaceChildren(
      svg,
      element(
        'figcaption',
        {},
        element('span', { class: 'key-marked' }, 'marked, of all leads'),
        element('span', { class: 'key-recall' }, 'marked, of won leads'),
        element('span', { class: 'key-precision' }, 'won, of marked leads'),
        `${count(Number(this.slider.min))} to ${count(Number(this.slider.max))} points; dashed: ${count(this.own)}, as replayed`,
      ),
    );
    byId('curve').hidden = false;
  }

  /** Steps: an answer holds between two thresholds. */
  path(part) {
    const [min, max] = [Number(this.slider.min), Number(this.slider.max)];
    const commands = [];
    for (const { above, upTo, sets } of this.answers) {
      const marked = sum(MARKED.map((set) => leads(sets[set])));
      const markedWon = sum(MARKED.map((set) => sets[set].won));
      const height = part({ marked, markedWon });
      const [from, to] = [Math.max(above ?? min, min), Math.min(upTo ?? max, max)];
      if (height !== null && from <= to) {
        const y = (HEIGHT * (1 - height)).toFixed(1);
        commands.push(`${commands.length === 0 ? 'M' : 'L'}${this.x(from).toFixed(1)},${y}L${this.x(to).toFixed(1)},${y}`);
      }
    }
    return commands.join('');
  }
}
