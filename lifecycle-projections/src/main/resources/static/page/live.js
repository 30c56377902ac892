/** The rows of the funnel as they are now, kept by /v1/stream. */

const FIRST_WAIT = 1000;
const LONGEST_WAIT = 15000;

export class Live {
  /**
   * @param {(state: 'connecting' | 'live' | 'reconnecting') => void} onState
   * @param {() => void} onRows when rows have changed; several changes may be told at once
   */
  constructor(onState, onRows) {
    this.onState = onState;
    this.onRows = onRows;
    this.rows = new Map();
    this.wait = FIRST_WAIT;
  }

  /** Of one dimension: value → stage → row. */
  values(dimension) {
    return this.rows.get(dimension) ?? new Map();
  }

  /** Leaves what it watched before, and begins anew. */
  watch(dimensions, policy) {
    this.dimensions = dimensions;
    this.policy = policy;
    this.lastEventId = null;
    this.onState('connecting');
    this.connect();
  }

  connect() {
    clearTimeout(this.again);
    this.source?.close();
    const query = new URLSearchParams(this.dimensions.map((name) => ['dimension', name]));
    query.set('policy', this.policy);
    if (this.lastEventId) {
      query.set('lastEventId', this.lastEventId);
    }
    const source = new EventSource(`v1/stream?${query}`);
    this.source = source;
    source.addEventListener('open', () => {
      this.wait = FIRST_WAIT;
      this.onState('live');
    });
    source.addEventListener('snapshot', (event) => {
      const { dimension, rows } = JSON.parse(event.data);
      this.rows.set(dimension, new Map());
      this.take(event, rows);
    });
    source.addEventListener('rows', (event) => this.take(event, JSON.parse(event.data).rows));
    source.addEventListener('error', () => {
      this.onState('reconnecting');
      // The browser comes back by itself, except after an answer that was no stream.
      if (source.readyState === EventSource.CLOSED) {
        this.again = setTimeout(() => this.connect(), this.wait);
        this.wait = Math.min(this.wait * 2, LONGEST_WAIT);
      }
    });
  }

  take(event, rows) {
    this.lastEventId = event.lastEventId || this.lastEventId;
    for (const row of rows) {
      const values = this.rows.get(row.dimension) ?? new Map();
      const stages = values.get(row.value) ?? new Map();
      stages.set(row.stage, row);
      values.set(row.value, stages);
      this.rows.set(row.dimension, values);
    }
    this.onRows();
  }
}
