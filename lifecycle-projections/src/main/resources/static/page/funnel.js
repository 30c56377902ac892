/** The funnel of all leads: stages as bars, exits, outcomes, deviations. */

import { element, show } from './dom.js';
import { count, DEVIATIONS, duration, EXITS, NONE, share, STAGE_NAMES, STAGES, time } from './words.js';

const OUTCOMES = { won: 'Won', lost: 'Lost', rejected: 'Rejected', open: 'Open' };

const figure = (stages, stage, name) => stages.get(stage)?.[name] ?? 0;

/** Leads by where they stand, and the sums that the answer of /v1/funnel has. */
export function sums(stages) {
  return {
    captured: figure(stages, 'CAPTURED', 'reached'),
    won: figure(stages, 'WON', 'open'),
    lost: figure(stages, 'LOST', 'open'),
    rejected: figure(stages, 'REJECTED', 'open'),
    open: ['CAPTURED', 'MQL', 'ACCEPTED', 'CONTACTED'].reduce((sum, stage) => sum + figure(stages, stage, 'open'), 0),
    cycle: stages.get('WON')?.cycleP50Seconds ?? null,
  };
}

export class FunnelView {
  constructor() {
    this.lines = new Map();
    for (const stage of [...STAGES, ...EXITS]) {
      const bar = element('span', { class: 'fill' });
      const cells = ['reached', 'share', 'entered', 'open', 'median'].map((name) => [name, element('span')]);
      const line = element(
        'tr',
        { 'data-stage': stage },
        element('th', { scope: 'row' }, STAGE_NAMES[stage]),
        element('td', { class: 'bar', 'aria-hidden': 'true' }, element('span', { class: 'track' }, bar)),
        ...cells.map(([, cell]) => element('td', { class: 'number' }, cell)),
      );
      document.getElementById(EXITS.includes(stage) ? 'exits' : 'stages').append(line);
      this.lines.set(stage, { bar, ...Object.fromEntries(cells) });
    }
    this.outcomes = list('outcomes', OUTCOMES);
    this.deviations = list('deviations', DEVIATIONS);
    this.cycle = document.getElementById('cycle');
    this.asOf = document.getElementById('as-of');
  }

  render(stages) {
    const sum = sums(stages);
    for (const [stage, line] of this.lines) {
      const reached = figure(stages, stage, 'reached');
      const part = sum.captured > 0 ? Math.min(reached / sum.captured, 1) : 0;
      line.bar.style.width = `${(100 * part).toFixed(2)}%`;
      show(line.reached, count(reached));
      show(line.share, share(reached, sum.captured));
      show(line.entered, count(figure(stages, stage, 'entered')));
      show(line.open, count(figure(stages, stage, 'open')));
      show(line.median, duration(stages.get(stage)?.p50Seconds));
    }
    for (const [name, cell] of this.outcomes) {
      show(cell, count(sum[name]));
    }
    for (const [name, cell] of this.deviations) {
      let total = 0;
      for (const row of stages.values()) {
        total += row[name] ?? 0;
      }
      show(cell, count(total));
      cell.parentElement.classList.toggle('zero', total === 0);
    }
    show(this.cycle, duration(sum.cycle));
    this.renderTime(stages);
  }

  renderTime(stages) {
    let latest = '';
    for (const row of stages.values()) {
      if (row.asOf && (latest === '' || new Date(row.asOf) > new Date(latest))) {
        latest = row.asOf;
      }
    }
    this.asOf.textContent = latest ? time(latest) : NONE;
    this.asOf.dateTime = latest;
    this.asOf.title = latest;
  }
}

function list(id, names) {
  const cells = new Map();
  for (const [name, words] of Object.entries(names)) {
    const cell = element('dd');
    document.getElementById(id).append(element('div', { 'data-name': name }, element('dt', {}, words), cell));
    cells.set(name, cell);
  }
  return cells;
}
