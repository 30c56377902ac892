import { element } from './dom.js';
import { FunnelView, sums } from './funnel.js';
import { Live } from './live.js';
import { Series } from './series.js';
import { dimensions, keepAsking } from './server.js';
import { ValuesView } from './values.js';
import { count } from './words.js';

const ANNOUNCE_EVERY = 20000;
const STATES = { connecting: 'connecting', live: 'live', reconnecting: 'reconnecting' };

const funnel = new FunnelView();
const values = new ValuesView();
let dimension = 'all';
let drawing = false;
let known = false;
const offered = new Set();

const live = new Live(showState, () => {
  known = true;
  if (!drawing) {
    drawing = true;
    // Timers run on, slowly, where the page is not looked at; frames do not.
    (document.hidden ? setTimeout : requestAnimationFrame)(draw);
  }
});

function draw() {
  drawing = false;
  const all = live.values('all').get('all') ?? new Map();
  const isEmpty = sums(all).captured === 0;
  document.getElementById('empty').hidden = !known || !isEmpty;
  document.getElementById('full').hidden = isEmpty;
  funnel.render(all);
  values.render(live.values(dimension));
}

function showState(state) {
  const place = document.getElementById('connection');
  if (place.dataset.state !== state) {
    place.dataset.state = state;
    document.getElementById('connection-text').textContent = STATES[state];
  }
}

/** For those who do not see the numbers move: seldom, and only when they have. */
function announce() {
  const all = sums(live.values('all').get('all') ?? new Map());
  const place = document.getElementById('announcement');
  const words = `${count(all.captured)} leads captured, ${count(all.won)} won, ${count(all.open)} open; ${
    document.getElementById('connection').dataset.state
  }.`;
  if (known && place.textContent !== words) {
    place.textContent = words;
  }
}

const series = new Series(() => watch());

function watch() {
  live.watch(dimension === 'all' ? ['all'] : ['all', dimension], series.chosen);
}

function choose(name) {
  dimension = name;
  values.begin(name);
  watch();
}

/** Those that have come since, behind the others. */
async function offerDimensions() {
  const place = document.getElementById('dimensions');
  for (const name of await dimensions()) {
    if (offered.has(name)) {
      continue;
    }
    offered.add(name);
    const radio = element('input', { type: 'radio', name: 'dimension', value: name });
    radio.checked = name === dimension;
    radio.addEventListener('change', () => choose(name));
    place.append(element('label', {}, radio, element('span', {}, name)));
  }
}

function showExample() {
  const event = {
    specversion: '1.0',
    id: '1',
    source: '/my-form',
    type: 'io.smarketing.lead.captured.v1',
    subject: 'lead-1',
    time: new Date().toISOString(),
    data: { source: 'web', persona: 'ops-leader' },
  };
  document.getElementById('example').textContent =
    `curl -X POST ${new URL('v1/events', location.href)} \\\n` +
    `  -H 'Content-Type: application/cloudevents+json' \\\n` +
    `  -d '${JSON.stringify(event, null, 1).replace(/\n */g, ' ').replace(' "type"', '\n      "type"').replace(' "time"', '\n      "time"')}'`;
}

showExample();
offerDimensions();
keepAsking((policies) => {
  series.offer(policies);
  offerDimensions();
});
choose('all');
setInterval(announce, ANNOUNCE_EVERY);
