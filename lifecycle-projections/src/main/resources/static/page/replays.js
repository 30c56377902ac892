/** The replay lab: asks for replays, lists the latest, and shows the one that the address names. */

import { element } from './dom.js';
import { Replay } from './replay.js';
import { answerOf, ask, dimensions } from './server.js';
import { count, range, shortTime, time } from './words.js';

const WHILE_RUNNING = 700;
const OTHERWISE = 8000;
const RECORDED = 'recorded';
const UNDER_WAY = ['queued', 'running'];

const byId = (id) => document.getElementById(id);
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
/** Documents of saved versions, as far as they were read. */
const documents = new Map();
const one = new Replay({ onAgain: (request) => send(request), onEnd: () => list() });
let again;

function option(value, words) {
  return element('option', { value }, words);
}

/** Policies and dimensions as they are now; what was chosen stays chosen. */
async function offer() {
  const policies = (await ask('v1/policies'))?.policies;
  if (policies) {
    const names = policies.map((policy) => [`${policy.name}@${policy.version}`, policy.state]);
    names.sort((a, b) => (b[1] === 'active') - (a[1] === 'active'));
    const offered = (state) => names.filter((name) => (name[1] === 'active') === state);
    const options = (some) => some.map(([name, state]) => [name, `${name} (${state})`]);
    offerIn('candidate', [...options(names), ['', 'none of these: a document of my own']]);
    offerIn('baseline', [...options(offered(true)), [RECORDED, 'the marks that are recorded'], ...options(offered(false))]);
  }
  offerIn(
    'dimension',
    (await dimensions()).map((name) => [name, name]),
  );
  constrainOrder();
}

function offerIn(id, options) {
  const place = byId(id);
  const words = (list) => JSON.stringify(list);
  if (words(options) === words([...place.options].map(({ value, text }) => [value, text]))) {
    return;
  }
  const chosen = place.options.length > 0 ? place.value : undefined;
  place.replaceChildren(...options.map(([value, text]) => option(value, text)));
  if (options.some(([value]) => value === chosen)) {
    place.value = chosen;
  }
}

/** What is recorded was judged in order of arrival, and in no other. */
function constrainOrder() {
  const order = byId('order');
  order.disabled = byId('baseline').value === RECORDED;
  if (order.disabled) {
    order.value = 'arrival';
  }
}

async function documentOf(name) {
  if (name !== '' && !documents.has(name)) {
    const [policy, version] = name.split('@').map(encodeURIComponent);
    const answer = await fetch(`v1/policies/${policy}/${version}`);
    documents.set(name, answer.ok ? await answer.text() : '');
  }
  return documents.get(name) ?? '';
}

async function showDocument() {
  const name = byId('candidate').value;
  if (name === '') {
    byId('change').open = true;
  }
  if (byId('change').open) {
    byId('document').value = await documentOf(name);
  }
}

function request() {
  const name = byId('candidate').value;
  const text = byId('document').value;
  const own = name === '' || (byId('change').open && text.trim() !== '' && text !== documents.get(name));
  return {
    candidate: own ? { document: text } : name,
    baseline: byId('baseline').value,
    order: byId('order').value,
    dimension: byId('dimension').value,
    from: byId('from').value || null,
    to: byId('to').value || null,
    zone,
    asKnownAt: byId('known').value || null,
    workload: byId('workload').checked,
    metrics: byId('metrics').checked,
  };
}

async function send(asked) {
  byId('refusal').hidden = true;
  const { answer, problem } = await answerOf('v1/replays', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(asked),
  });
  if (problem) {
    refuse(problem);
    return;
  }
  warn(answer.warnings ?? []);
  location.hash = answer.id;
}

function refuse(problem) {
  const lines = (problem.problems ?? []).map((line) =>
    element('li', {}, `line ${line.line}, column ${line.column}: ${line.message}${line.mend ? `; ${line.mend}` : ''}`),
  );
  byId('refusal').replaceChildren(
    element('div', {}, problem.detail ?? 'the engine does not answer'),
    ...(problem.mend ? [element('div', { class: 'aside' }, problem.mend)] : []),
    ...(lines.length > 0 ? [element('ul', {}, ...lines)] : []),
  );
  byId('refusal').hidden = false;
}

function warn(warnings) {
  if (warnings.length > 0) {
    refuse({ detail: 'It is replayed, but look at this:', problems: warnings });
  }
}

/** Lists them now, and again: often while one is under way. */
async function list() {
  clearTimeout(again);
  const replays = (await ask('v1/replays'))?.replays;
  byId('none').hidden = replays?.length > 0;
  byId('none').textContent = replays ? 'None yet.' : 'The engine does not answer; it is asked again.';
  if (!replays) {
    again = setTimeout(listWhenSeen, OTHERWISE);
    return;
  }
  byId('latest-table').hidden = replays.length === 0;
  const shown = location.hash.slice(1);
  byId('latest').replaceChildren(
    ...replays.map((replay) => {
      const asked = replay.request;
      const link = element('a', { href: `#${replay.id}`, title: time(replay.createdAt) }, shortTime(replay.createdAt));
      if (replay.id === shown) {
        link.setAttribute('aria-current', 'true');
      }
      return element(
        'tr',
        {},
        element('th', { scope: 'row' }, link),
        element('td', { title: asked.candidate ?? '' }, asked.audit ? 'audit' : asked.candidate),
        element('td', { title: asked.baseline ?? '' }, asked.audit ? '' : asked.baseline),
        element('td', {}, asked.from || asked.to ? range(asked) : 'all'),
        element('td', {}, status(replay)),
      );
    }),
  );
  const busy = replays.some((replay) => UNDER_WAY.includes(replay.status));
  if (!busy) {
    offer();
  }
  again = setTimeout(listWhenSeen, busy ? WHILE_RUNNING : OTHERWISE);
}

function listWhenSeen() {
  if (document.hidden) {
    document.addEventListener('visibilitychange', list, { once: true });
  } else {
    list();
  }
}

function status(replay) {
  const { done, total } = replay.progress;
  return replay.status === 'running' && total > 0 ? `running, ${count(done)} of ${count(total)}` : replay.status;
}

function show() {
  const id = location.hash.slice(1);
  // Other parts of the address are places on the page.
  if (/^[0-9a-f-]{36}$/.test(id)) {
    one.show(id);
    list();
  }
}

byId('ask').addEventListener('submit', (event) => {
  event.preventDefault();
  send(request());
});
byId('audit').addEventListener('click', () => send({ audit: true }));
byId('candidate').addEventListener('change', showDocument);
byId('change').addEventListener('toggle', showDocument);
byId('baseline').addEventListener('change', constrainOrder);
window.addEventListener('hashchange', show);

for (const place of document.querySelectorAll('.zone')) {
  place.textContent = zone;
}
await offer();
byId('change').open = byId('candidate').options.length < 2;
list();
show();
