/** The funnel by the values of a dimension, as a table that can be sorted. */

import { element, show } from './dom.js';
import { sums } from './funnel.js';
import { count, duration, share } from './words.js';

const SHOWN_AT_FIRST = 50;

const reached = (stage) => (stages) => stages.get(stage)?.reached ?? 0;

const COLUMNS = [
  { name: 'Captured', figure: reached('CAPTURED'), words: count },
  { name: 'MQL', figure: reached('MQL'), words: count },
  { name: 'Accepted', figure: reached('ACCEPTED'), words: count },
  { name: 'Contacted', figure: reached('CONTACTED'), words: count },
  { name: 'Won', figure: reached('WON'), words: count },
  {
    name: 'Won, of captured',
    figure: (stages) => reached('WON')(stages) / Math.max(reached('CAPTURED')(stages), 1),
    words: (part, stages) => share(reached('WON')(stages), reached('CAPTURED')(stages)),
  },
  { name: 'Rejected', figure: (stages) => sums(stages).rejected, words: count },
  { name: 'Lost', figure: (stages) => sums(stages).lost, words: count },
  { name: 'Open', figure: (stages) => sums(stages).open, words: count },
  { name: 'To won, median', figure: (stages) => sums(stages).cycle ?? -1, words: (cycle) => duration(cycle < 0 ? null : cycle) },
];

export class ValuesView {
  constructor() {
    this.body = document.getElementById('values');
    this.shown = document.getElementById('shown');
    this.showAll = document.getElementById('show-all');
    this.showAll.addEventListener('click', () => {
      this.all = true;
      this.redraw();
    });
    this.sort = { column: 0, descending: true };
    this.heads = [this.head('Value', -1), ...COLUMNS.map((column, index) => this.head(column.name, index))];
    document.getElementById('columns').append(...this.heads);
    this.begin('all');
  }

  head(name, column) {
    const button = element('button', { type: 'button' }, name);
    button.addEventListener('click', () => {
      const same = this.sort.column === column;
      this.sort = { column, descending: same ? !this.sort.descending : column >= 0 };
      this.redraw();
    });
    return element('th', { scope: 'col', ...(column >= 0 && { class: 'number' }) }, button);
  }

  /** Forgets the lines of another dimension. */
  begin(dimension) {
    this.dimension = dimension;
    this.all = false;
    this.lines = new Map();
    this.body.replaceChildren();
    this.showAll.hidden = true;
    this.shown.textContent = '';
  }

  redraw() {
    this.render(this.values ?? new Map());
  }

  render(values) {
    this.values = values;
    const sorted = this.sorted(values);
    const visible = this.all ? sorted : sorted.slice(0, SHOWN_AT_FIRST);
    const gone = new Set(this.lines.keys());
    visible.forEach(([value, stages], place) => {
      gone.delete(value);
      const line = this.line(value);
      COLUMNS.forEach((column, index) => show(line.cells[index], column.words(column.figure(stages), stages)));
      // Moved only where the order has changed, so that a focus or a selection stays.
      if (this.body.children[place] !== line.row) {
        this.body.insertBefore(line.row, this.body.children[place] ?? null);
      }
    });
    for (const value of gone) {
      this.lines.get(value).row.remove();
      this.lines.delete(value);
    }
    this.showAll.hidden = visible.length === sorted.length;
    this.shown.textContent =
      visible.length === sorted.length ? '' : `${count(visible.length)} of ${count(sorted.length)} values.`;
    this.heads.forEach((head, index) => {
      const sort = this.sort.column === index - 1 ? (this.sort.descending ? 'descending' : 'ascending') : 'none';
      head.setAttribute('aria-sort', sort);
    });
  }

  sorted(values) {
    const { column, descending } = this.sort;
    const sign = descending ? -1 : 1;
    const byValue = ([a], [b]) => {
      if (a === null || b === null) {
        return (a === null) - (b === null);
      }
      return a.localeCompare(b);
    };
    const entries = [...values];
    if (column < 0) {
      return entries.sort((a, b) => (a[0] === null || b[0] === null ? 1 : sign) * byValue(a, b));
    }
    const figures = new Map(entries.map(([value, stages]) => [value, COLUMNS[column].figure(stages)]));
    return entries.sort((a, b) => sign * (figures.get(a[0]) - figures.get(b[0])) || byValue(a, b));
  }

  line(value) {
    const known = this.lines.get(value);
    if (known) {
      return known;
    }
    const name = value === null ? element('i', {}, '(missing)') : element('span', { title: value }, named(value, this.dimension));
    const cells = COLUMNS.map(() => element('span'));
    const row = element(
      'tr',
      {},
      element('th', { scope: 'row' }, name),
      ...cells.map((cell) => element('td', { class: 'number' }, cell)),
    );
    const line = { row, cells };
    this.lines.set(value, line);
    return line;
  }
}

/** An empty value is a value, and has to be seen. */
function named(value, dimension) {
  if (dimension === 'all') {
    return 'All leads';
  }
  return value === '' ? '""' : value;
}
