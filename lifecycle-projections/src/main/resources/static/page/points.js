/** The points of a replay's candidate: a slider for each rule. What they change is asked of the engine, one question at a time, while the hand moves. */

import { element } from './dom.js';
import { answerOf } from './server.js';
import { count } from './words.js';

const byId = (id) => document.getElementById(id);

export class Points {
  /** @param {() => void} onMove when other points are chosen */
  constructor(onMove) {
    this.onMove = onMove;
    byId('points').addEventListener('toggle', () => this.load());
    byId('own-points').addEventListener('click', () => this.reset());
    this.hide();
  }

  hide() {
    this.id = null;
    this.sliders = new Map();
    this.asked = null;
    byId('points').hidden = true;
    byId('points').open = false;
    byId('rules').replaceChildren();
  }

  /** @param {number} logPosition of the replay: where points would be tried on more than it read, there are none to choose */
  show(id, logPosition) {
    this.id = id;
    this.logPosition = logPosition;
    this.note();
    byId('points').hidden = false;
  }

  /** The rules, once somebody wants to see them. */
  async load() {
    const { id } = this;
    if (!byId('points').open || this.sliders.size > 0) {
      return;
    }
    const { answer, problem } = await answerOf(`v1/replays/${id}/points`);
    if (id !== this.id || this.sliders.size > 0) {
      return;
    }
    if (problem) {
      this.note(`There are no points to look at: ${problem.detail ?? 'the engine does not answer'}.`);
      return;
    }
    if (this.isGrown(answer)) {
      return;
    }
    for (const { rule, list, candidatePoints } of answer.rules) {
      const bound = Math.max(Math.abs(2 * candidatePoints), answer.threshold);
      const slider = element('input', {
        type: 'range',
        id: `points-${this.sliders.size}`,
        step: 1,
        min: candidatePoints < 0 ? -bound : 0,
        max: candidatePoints < 0 ? 0 : bound,
        value: candidatePoints,
      });
      const now = element('output', { for: slider.id }, count(candidatePoints));
      slider.addEventListener('input', () => {
        now.textContent = count(Number(slider.value));
        this.onMove();
      });
      byId('rules').append(
        element('div', { class: 'slider', 'data-rule': rule }, element('label', { for: slider.id, title: list }, rule), now, slider),
      );
      this.sliders.set(rule, { slider, now, own: candidatePoints });
    }
    this.note();
  }

  /** Whether it was judged on more than the replay read: then it says nothing about points. */
  isGrown({ logPosition }) {
    if (logPosition === this.logPosition) {
      return false;
    }
    this.note('More was stored since this replay.');
    byId('grown').hidden = false;
    return true;
  }

  /** Back to the points that were replayed. */
  reset() {
    for (const { slider, now, own } of this.sliders.values()) {
      slider.value = own;
      now.textContent = count(own);
    }
    this.onMove();
  }

  isOwn() {
    return [...this.sliders.values()].every(({ slider, own }) => Number(slider.value) === own);
  }

  note(words = '') {
    byId('own-points').hidden = this.isOwn();
    byId('points-note').textContent = words;
  }

  /** Nothing is said of the points that were replayed; why there are none to choose stays. */
  quiet() {
    if (this.sliders.size > 0) {
      this.note();
    }
  }

  /**
   * What holds for the points and the threshold that are chosen; undefined where another answer is on its way, null where the engine does not say.
   *
   * @param {number | null} threshold null for the candidate's own
   */
  async answer(threshold) {
    const { id } = this;
    const query = new URLSearchParams(threshold === null ? {} : { threshold });
    for (const [rule, { slider, own }] of this.sliders) {
      if (Number(slider.value) !== own) {
        query.append('points', `${rule}:${slider.value}`);
      }
    }
    this.asked = query.toString();
    this.note('being judged …');
    if (this.busy === id) {
      return undefined;
    }
    this.busy = id;
    let told;
    let about;
    do {
      about = this.asked;
      told = await answerOf(`v1/replays/${id}/points?${about}`);
    } while (id === this.id && about !== this.asked);
    this.busy = this.busy === id ? null : this.busy;
    if (id !== this.id || this.isOwn()) {
      return undefined;
    }
    const { answer, problem } = told;
    if (problem) {
      const lines = (problem.problems ?? []).filter(({ severity }) => severity === 'error').map(({ message }) => message);
      this.note(`There is no answer: ${[problem.detail ?? 'the engine does not answer', ...lines].join('; ')}.`);
      return null;
    }
    if (this.isGrown(answer)) {
      return null;
    }
    const warnings = answer.warnings.map(({ message }) => `${message}.`);
    this.note([`As ${answer.candidate} would judge. Nothing of it is kept.`, ...warnings].join(' '));
    return answer;
  }
}
