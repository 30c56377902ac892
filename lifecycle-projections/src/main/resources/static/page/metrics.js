/** The shared metrics of both sides of a replay: one figure of one metric, row by row. */

import { element } from './dom.js';
import { count, duration, NONE, share, time } from './words.js';

const AT_ONCE = 200;
const SIDES = ['baseline', 'candidate'];
const SHARES = /^(rate|stepRate|matureRate|recycleRate|acceptance|share|precision|recall|incidence|plateau|standardError|lower|upper)(Lower|Upper)?$/;
/** What is shown first of a metric. */
const FIRST = {
  flow: 'in',
  conversion: 'rate',
  velocity: 'p50Seconds',
  incidence: 'incidence',
  ages: 'p50Seconds',
  acceptance: 'acceptance',
  quality: 'precision',
  response: 'incidence',
};

const byId = (id) => document.getElementById(id);
const options = (words) => words.map((word) => element('option', { value: word }, word));

function shown(name, figure) {
  if (figure === null || figure === undefined) {
    return NONE;
  } else if (typeof figure === 'boolean') {
    return figure ? 'yes' : 'no';
  } else if (name.endsWith('Seconds')) {
    return duration(figure);
  }
  return SHARES.test(name) ? share(figure, 1) : count(figure);
}

function change(name, before, after) {
  if (typeof before !== 'number' || typeof after !== 'number' || before === after) {
    return NONE;
  }
  const size = Math.abs(after - before);
  return `${after > before ? '+' : '−'}${shown(name, size)}`;
}

export class Metrics {
  constructor() {
    byId('metric').addEventListener('change', () => this.choose());
    byId('figure').addEventListener('change', () => this.renderRows(AT_ONCE));
    byId('more-rows').addEventListener('click', () => this.renderRows(this.length + AT_ONCE));
  }

  /** @param {object | undefined} compared undefined where they were not asked for */
  render(compared) {
    this.compared = compared;
    byId('no-metrics').hidden = compared !== undefined;
    byId('compared').hidden = compared === undefined;
    if (compared === undefined) {
      return;
    }
    byId('metric').replaceChildren(...options(Object.keys(compared.metrics)));
    byId('metrics-note').textContent = `By the threshold that was replayed, as known and looked at ${time(compared.asOf)}, days in ${compared.zone}.`;
    this.choose();
  }

  choose() {
    const metric = byId('metric').value;
    const names = new Set();
    for (const row of this.rows()) {
      SIDES.forEach((side) => Object.keys(row[side] ?? {}).forEach((name) => names.add(name)));
    }
    byId('figure').replaceChildren(...options([...names]));
    if (names.has(FIRST[metric])) {
      byId('figure').value = FIRST[metric];
    }
    this.renderRows(AT_ONCE);
  }

  rows() {
    return this.compared.metrics[byId('metric').value] ?? [];
  }

  renderRows(length) {
    this.length = length;
    const { dimension, grain } = this.compared;
    const figure = byId('figure').value;
    const rows = this.rows().filter((row) => SIDES.some((side) => row[side] && figure in row[side]));
    const parts = [...new Set(rows.flatMap((row) => Object.keys(row)))].filter(
      (part) =>
        !SIDES.includes(part) && !(part === 'bucket' && grain === 'all') && !(part === 'value' && dimension === 'all'),
    );
    const names = { bucket: grain, value: dimension };
    const name = (row, part) =>
      part === 'value' && row.value === null ? '(missing)' : part === 'value' && row.value === '' ? '""' : (row[part] ?? '');
    const cells = (row) =>
      (parts.length > 0 ? parts.map((part) => name(row, part)) : ['all leads']).map((words, place) =>
        place === 0 ? element('th', { scope: 'row' }, words) : element('td', {}, words),
      );
    const number = (words, side) => element('td', { class: 'number', 'data-side': side }, words);
    byId('metric-heads').replaceChildren(
      ...(parts.length > 0 ? parts.map((part) => names[part] ?? part) : ['leads']).map((words) =>
        element('th', { scope: 'col' }, words),
      ),
      ...['Baseline', 'Candidate', 'Change'].map((words) => element('th', { scope: 'col', class: 'number' }, words)),
    );
    byId('metric-rows').replaceChildren(
      ...rows.slice(0, length).map((row) => {
        const [before, after] = SIDES.map((side) => row[side]?.[figure]);
        return element(
          'tr',
          {},
          ...cells(row),
          number(shown(figure, before), 'baseline'),
          number(shown(figure, after), 'candidate'),
          number(change(figure, before, after), 'change'),
        );
      }),
    );
    byId('more-rows').hidden = rows.length <= length;
    byId('rows-note').textContent = `${count(Math.min(length, rows.length))} of ${count(rows.length)} rows.`;
  }
}
