/** One replay: its progress, and what it found. */

import { element, show } from './dom.js';
import { Metrics } from './metrics.js';
import { Points } from './points.js';
import { answerOf, ask } from './server.js';
import { Thresholds } from './thresholds.js';
import { count, duration, EXITS, NONE, range, share, shortTime, STAGE_NAMES, STAGES, time } from './words.js';

const LOOK_EVERY = 400;
const WHILE_AWAY = 2000;
const PAGE = 50;
const SETS = {
  kept: 'Marked by both',
  earlier: 'Marked earlier',
  later: 'Marked later',
  gained: 'Gained',
  dropped: 'Dropped',
  neither: 'Marked by neither',
};
const FLIPS = ['gained', 'dropped', 'earlier', 'later'];
const UNOBSERVED = ['earlier', 'later', 'gained'];
const RESPONSES = ['answered', 'contacted', 'won'];
const OUTCOMES = ['won', 'lost', 'rejected', 'open', 'neverWorked'];
const WORK = {
  waiting: 'waiting for its turn',
  columns: 'reading what is stored',
  leads: 'judging leads',
  workload: 'reading what sales did with dropped leads',
  metrics: 'adding up what all leads did',
  listing: 'keeping leads',
};

/** The choice of no single value of the dimension. */
const ALL = 'all';

const byId = (id) => document.getElementById(id);
/** Each lead is in one row, so that leads add up; how long visits took does not. */
const added = (rows) => ({
  value: ALL,
  stages: [...STAGES, ...EXITS].map((stage) => ({
    stage,
    reached: rows.reduce((sum, row) => sum + (row.stages.find((found) => found.stage === stage)?.reached ?? 0), 0),
  })),
});
const all = (tally) => OUTCOMES.reduce((sum, outcome) => sum + tally[outcome], 0);
const moment = (iso) => (iso ? element('td', { title: time(iso) }, shortTime(iso)) : element('td', {}, NONE));
const signed = (number) => (number > 0 ? `+${count(number)}` : count(number));

export class Replay {
  /**
   * @param {(request: object) => void} onAgain when the same is asked for with another threshold, or other points
   * @param {() => void} onEnd when it is done, has failed or is cancelled
   */
  constructor({ onAgain, onEnd }) {
    this.onAgain = onAgain;
    this.onEnd = onEnd;
    this.thresholds = new Thresholds(() => this.moved());
    this.points = new Points(() => this.moved());
    this.metrics = new Metrics();
    this.lines = new Map();
    for (const [set, words] of Object.entries(SETS)) {
      const bar = element('span', { class: 'fill' });
      const cells = ['leads', ...OUTCOMES].map((name) => [name, element('span')]);
      byId('sets').append(
        element(
          'tr',
          { 'data-set': set },
          element('th', { scope: 'row' }, words),
          element('td', { class: 'bar', 'aria-hidden': 'true' }, element('span', { class: 'track' }, bar)),
          ...cells.map(([, cell]) => element('td', { class: 'number' }, cell)),
        ),
      );
      this.lines.set(set, { bar, ...Object.fromEntries(cells) });
    }
    this.figures = new Map();
    for (const [name, words] of Object.entries({
      before: 'Marked by baseline',
      after: 'Marked by candidate',
      wonBefore: 'Won, of the baseline’s',
      wonAfter: 'Won, of the candidate’s',
      recall: 'Won leads it marks',
    })) {
      const cell = element('dd');
      byId('figures').append(element('div', { 'data-name': name }, element('dt', {}, words), cell));
      this.figures.set(name, cell);
    }
    for (const set of FLIPS) {
      const radio = element('input', { type: 'radio', name: 'flips', value: set });
      radio.addEventListener('change', () => this.leads(set));
      byId('flips').append(element('label', {}, radio, element('span', {}, SETS[set])));
    }
    byId('cancel').addEventListener('click', () => answerOf(`v1/replays/${this.id}`, { method: 'DELETE' }));
    byId('more').addEventListener('click', () => this.moreLeads());
    byId('value').addEventListener('change', () => this.renderFunnels());
    byId('again').addEventListener('click', () => this.again());
    byId('anew').addEventListener('click', () => this.repeat({}));
    byId('with-workload').addEventListener('click', () => this.repeat({ workload: true }));
    byId('with-metrics').addEventListener('click', () => this.repeat({ metrics: true }));
  }

  async show(id) {
    this.id = id;
    clearTimeout(this.later);
    byId('one').hidden = false;
    for (const part of ['result', 'under-way', 'failure', 'audited']) {
      byId(part).hidden = true;
    }
    this.thresholds.hide();
    this.points.hide();
    this.tried = null;
    byId('one-title').textContent = 'Replay';
    byId('one-asked').textContent = '';
    await this.look();
  }

  async look() {
    const id = this.id;
    const { answer, problem } = await answerOf(`v1/replays/${id}`);
    if (id !== this.id) {
      return;
    }
    if (problem) {
      this.fail(problem.detail ?? 'the engine does not answer; it is asked again');
      if (!problem.detail) {
        this.later = setTimeout(() => this.look(), WHILE_AWAY);
      }
      return;
    }
    this.title(answer);
    const underWay = answer.status === 'queued' || answer.status === 'running';
    byId('under-way').hidden = !underWay;
    byId('failure').hidden = true;
    if (underWay) {
      this.progress(answer.progress);
      this.later = setTimeout(() => this.look(), LOOK_EVERY);
      return;
    }
    this.onEnd();
    byId('announcement').textContent = `The replay is ${answer.status}.`;
    if (answer.status !== 'done') {
      this.fail(answer.failure ?? `It was ${answer.status}.`);
    } else if (answer.request.audit) {
      this.renderAudit(answer.result);
    } else {
      await this.render(answer);
    }
  }

  title({ request, createdAt, logPosition }) {
    const names = request.audit ? 'Audit' : `${request.candidate} instead of ${request.baseline}`;
    byId('one-title').textContent = names;
    const parts = [`asked ${time(createdAt)}`];
    if (!request.audit) {
      parts.push(`in order of ${request.order}`);
      if (request.from || request.to) {
        parts.push(`captured ${range(request)}`);
      }
      if (request.asKnownAt) {
        parts.push(`as known at ${time(request.asKnownAt)}`);
      }
    }
    if (logPosition !== null) {
      parts.push(`everything stored up to position ${count(logPosition)}`);
    }
    byId('one-asked').textContent = `${parts.join(', ')}.`;
  }

  fail(words) {
    byId('failure').textContent = words;
    byId('failure').hidden = false;
  }

  progress({ stage, done, total }) {
    const bar = byId('progress');
    if (total > 0) {
      bar.max = total;
      bar.value = done;
    } else {
      bar.removeAttribute('value');
    }
    byId('progress-text').textContent = `${WORK[stage] ?? stage}${total > 0 ? `: ${count(done)} of ${count(total)}` : ''}.`;
  }

  renderAudit({ leads, verdicts, mismatched, mismatches }) {
    const place = byId('audited');
    place.replaceChildren(
      element('p', {}, `${count(verdicts)} verdicts of ${count(leads)} leads were made again: ${
        mismatched === 0 ? 'all are as they are recorded.' : `${count(mismatched)} leads are not as they are recorded.`
      }`),
      element('ul', {}, ...mismatches.slice(0, PAGE).map(({ leadId, explanation }) => element('li', {}, `${leadId}: ${explanation}`))),
    );
    place.hidden = false;
  }

  async render({ id, request, result, workload, metrics, leadsListed, logPosition }) {
    this.request = request;
    this.result = result;
    this.listed = leadsListed;
    this.own = result.sets;
    byId('result').hidden = false;
    byId('hash').textContent = result.hash;
    byId('as-json').href = `v1/replays/${id}`;
    this.renderSets(result.sets);
    const values = result.funnels.candidate.map((row) => row.value);
    byId('value-choice').hidden = values.length < 2;
    byId('value').replaceChildren(
      ...(values.length > 1 ? [element('option', { value: ALL }, 'all leads')] : []),
      ...values.map((value, place) => element('option', { value: place }, value === null ? '(missing)' : value === '' ? '""' : value)),
    );
    this.renderFunnels();
    this.renderWorkload(workload);
    this.metrics.render(metrics);
    const first = FLIPS.find((set) => all(result.sets[set]) > 0) ?? FLIPS[0];
    byId('flips').querySelector(`[value=${first}]`).checked = true;
    this.points.show(id, logPosition);
    await Promise.all([this.leads(first), this.thresholds.load(id, logPosition)]);
  }

  /** Another threshold is looked up; other points are asked for. */
  async moved() {
    if (this.points.isOwn()) {
      this.tried = null;
      this.points.quiet();
      this.renderSets(this.thresholds.sets() ?? this.result.sets);
      this.renderFunnels();
      return;
    }
    byId('again').hidden = true;
    const answer = await this.points.answer(this.thresholds.isOwn() ? null : this.thresholds.value);
    if (answer === undefined) {
      return;
    }
    this.tried = answer;
    this.renderSets(answer?.result.sets ?? this.thresholds.sets() ?? this.result.sets);
    this.renderFunnels();
    // Without an answer there is no document to replay.
    byId('again').hidden = answer === null;
  }

  /** Whether all that is shown is of one policy: the one that was replayed, or the one whose points were tried. */
  isWhole() {
    return this.tried !== null || this.thresholds.isOwn();
  }

  renderSets(sets) {
    const sum = Object.keys(SETS).reduce((total, set) => total + all(sets[set]), 0);
    for (const [set, line] of this.lines) {
      const leads = all(sets[set]);
      line.bar.style.width = `${((100 * leads) / Math.max(sum, 1)).toFixed(2)}%`;
      show(line.leads, count(leads));
      OUTCOMES.forEach((outcome) => show(line[outcome], count(sets[set][outcome])));
    }
    const marked = (names, outcome) => names.reduce((total, set) => total + (outcome ? sets[set][outcome] : all(sets[set])), 0);
    const before = ['kept', 'earlier', 'later', 'dropped'];
    const after = ['kept', 'earlier', 'later', 'gained'];
    const won = marked(Object.keys(SETS), 'won');
    show(this.figures.get('before'), count(marked(before)));
    show(this.figures.get('after'), count(marked(after)));
    show(this.figures.get('wonBefore'), share(marked(before, 'won'), marked(before)));
    show(this.figures.get('wonAfter'), share(marked(after, 'won'), marked(after)));
    show(this.figures.get('recall'), share(marked(after, 'won'), won));
    const unworked = marked(after, 'neverWorked');
    byId('bounds').textContent =
      unworked === 0
        ? ''
        : `Of the candidate’s ${count(marked(after))} leads ${count(unworked)} were never worked: had sales worked them all, between ${share(
            marked(after, 'won'),
            marked(after),
          )} and ${share(marked(after, 'won') + unworked, marked(after))} would be won.`;
    const own = this.tried === null && this.thresholds.isOwn();
    byId('again').hidden = own;
    byId('again').textContent = own ? '' : this.tried ? 'Replay it with these points' : `Replay it with ${this.thresholds.value}`;
    byId('curve').classList.toggle('stale', this.tried !== null);
  }

  /** Under another threshold only the funnel of all leads is known, without how long visits took. */
  renderFunnels() {
    const moved = this.thresholds.funnel();
    const { value } = byId('value');
    const rows = (this.tried?.result ?? this.result).funnels;
    const single = rows.candidate.length === 1;
    const whole = rows.candidate.length < 2 || value === ALL;
    const place = single ? 0 : Number(value || 0);
    const own = this.isWhole();
    let candidate = whole && !single ? added(rows.candidate) : rows.candidate[place];
    const baseline =
      whole && !single ? added(rows.baseline) : rows.baseline.find((row) => row.value === candidate.value);
    if (whole && !own && moved) {
      candidate = { value: candidate.value, stages: moved };
    }
    byId('funnel-note').hidden = own || whole;
    byId('funnel-note').textContent =
      own || whole ? '' : 'These are of the threshold that was replayed, not of the one above; those of all leads follow it.';
    byId('funnels').classList.toggle('stale', !own && !whole);
    const of = (row, stage) => row?.stages.find((found) => found.stage === stage);
    const captured = of(candidate, 'CAPTURED')?.reached ?? 0;
    const bar = (reached, name) => {
      const fill = element('span', { class: 'fill' });
      fill.style.width = `${(100 * Math.min(reached / Math.max(captured, 1), 1)).toFixed(2)}%`;
      return element('span', { class: `track ${name}` }, fill);
    };
    this.renderAfterMark(whole && !single ? undefined : candidate.value);
    byId('funnels').replaceChildren(
      ...[...STAGES, ...EXITS].map((stage) => {
        const [before, after] = [of(baseline, stage), of(candidate, stage)];
        const [from, to] = [before?.reached ?? 0, after?.reached ?? 0];
        const number = (words) => element('td', { class: 'number' }, words);
        return element(
          'tr',
          { 'data-stage': stage },
          element('th', { scope: 'row' }, STAGE_NAMES[stage]),
          element('td', { class: 'bar', 'aria-hidden': 'true' }, bar(from, 'before'), bar(to, 'after')),
          number(count(from)),
          number(count(to)),
          number(from === to ? NONE : signed(to - from)),
          number(duration(before?.timeInStage?.p50Seconds)),
          number(stage === 'MQL' ? NONE : duration(after?.timeInStage?.p50Seconds)),
        );
      }),
    );
  }

  /**
   * Of the threshold that was replayed, or of the points that were tried.
   * @param {string | null | undefined} value of the dimension; undefined for all leads of several values, of which there are no medians
   */
  renderAfterMark(value) {
    const { afterMark } = this.tried?.result ?? this.result;
    if (!afterMark) {
      byId('after-mark').replaceChildren();
      byId('after-mark-note').textContent = 'This replay is from before it was told. Replay it again.';
      return;
    }
    const rows = value === undefined ? afterMark : afterMark.filter((row) => row.value === value);
    const sum = (of) => rows.reduce((total, row) => total + of(row), 0);
    const number = (words) => element('td', { class: 'number' }, words);
    const line = (set, leads, ...cells) =>
      element('tr', { 'data-set': set }, element('th', { scope: 'row' }, SETS[set]), number(count(leads)), ...cells);
    byId('after-mark').replaceChildren(
      line(
        'kept',
        sum(({ kept }) => kept.leads),
        ...RESPONSES.flatMap((response) => [
          number(count(sum(({ kept }) => kept[response].n))),
          number(rows.length === 1 ? duration(rows[0].kept[response].p50Seconds) : NONE),
        ]),
      ),
      ...UNOBSERVED.map((set) =>
        line(set, sum(({ notObserved }) => notObserved[set]), element('td', { colspan: 6, class: 'aside' }, 'not observed')),
      ),
    );
    byId('after-mark-note').textContent = [
      'Sales worked under the baseline: how soon it would have worked leads that are marked at another instant, or by the candidate alone, nobody knows.',
      'Answered: first accepted, rejected, contacted, won or lost after the mark.',
      ...(rows.length > 1 ? ['Choose one value above for its medians.'] : []),
      ...(this.isWhole() ? [] : ['These are of the threshold that was replayed.']),
    ].join(' ');
  }

  /** @param {object | undefined} workload undefined where it was not asked for */
  renderWorkload(workload) {
    byId('no-workload').hidden = workload !== undefined;
    byId('meant').hidden = workload === undefined;
    byId('meant-note').hidden = workload === undefined;
    if (workload === undefined) {
      return;
    }
    const { dropped, earlier, later } = workload;
    const nameless = dropped.wonWithoutAmount > 0 ? [`${count(dropped.wonWithoutAmount)} without an amount`] : [];
    const brought = [...dropped.revenue.map(({ currency, amount }) => `${count(amount)} ${currency ?? ''}`.trim()), ...nameless];
    const tile = (name, words, figure, more) =>
      element('div', { 'data-name': name }, element('dt', {}, words), element('dd', {}, figure), element('dd', { class: 'aside' }, more));
    const moved = (name, words, { n, p50Seconds, p90Seconds }) =>
      tile(name, words, n > 0 ? duration(p50Seconds) : NONE, `in the median of ${count(n)}; nine of ten up to ${duration(p90Seconds)}`);
    byId('meant').replaceChildren(
      tile('contacts', 'Contacts with dropped leads', count(dropped.contacts), `${count(dropped.contactsReached)} got through; ${count(dropped.leads)} leads`),
      tile('lost-wins', 'Won, and dropped', count(dropped.won), brought.length > 0 ? `brought ${brought.join(', ')}` : 'brought nothing'),
      moved('sooner', 'Earlier marks come sooner by', earlier),
      moved('later', 'Later marks come later by', later),
    );
  }

  async leads(set) {
    this.set = set;
    this.after = '';
    byId('leads').replaceChildren();
    await this.moreLeads();
  }

  async moreLeads() {
    const { id, set } = this;
    const query = new URLSearchParams({ set, limit: PAGE, after: this.after });
    const { answer, problem } = await answerOf(`v1/replays/${id}/leads?${query}`);
    if (id !== this.id || set !== this.set) {
      return;
    }
    byId('more').hidden = !answer?.next;
    if (problem) {
      byId('leads-note').textContent = [problem.detail, problem.mend].filter(Boolean).join('; ');
      return;
    }
    this.after = answer.next ?? '';
    byId('leads').append(
      ...answer.leads.map((lead) =>
        element(
          'tr',
          {},
          element(
            'th',
            { scope: 'row' },
            element('a', { href: `v1/leads/${encodeURIComponent(lead.leadId)}/events`, title: lead.leadId }, lead.leadId),
          ),
          element('td', {}, lead.outcome === 'neverWorked' ? 'never worked' : lead.outcome),
          moment(lead.baselineMark),
          moment(lead.candidateMark),
          element('td', {}, lead.because?.explanation ?? NONE),
        ),
      ),
    );
    const shown = byId('leads').rows.length;
    byId('leads-note').textContent = `${count(shown)} of ${count(all(this.own[set]))}, by the threshold that was replayed.`;
  }

  /** The same question, with the threshold and the points that are chosen. */
  async again() {
    const { id } = this;
    const threshold = new URLSearchParams({ threshold: this.thresholds.value });
    const { answer, problem } = this.tried ? { answer: this.tried } : await answerOf(`v1/replays/${id}/points?${threshold}`);
    if (id !== this.id) {
      return;
    }
    if (problem) {
      this.fail(`${problem.detail ?? 'The engine does not answer'}: change the text above, and replay it.`);
      return;
    }
    this.repeat({ candidate: { document: answer.document } });
  }

  /** The same question, but for what is changed of it. */
  repeat(change) {
    const { candidate, baseline, documents = {} } = this.request;
    const named = (policy) => (documents[policy] ? { document: documents[policy] } : policy);
    this.onAgain({ ...this.request, documents: undefined, candidate: named(candidate), baseline: named(baseline), ...change });
  }
}
