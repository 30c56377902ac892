/** What the page asks for beside the stream. These answers may be missing: the page does without. */

import { element, show } from './dom.js';
import { count } from './words.js';

const EVERY = 4000;
const TALLIES = ['sent', 'stored', 'duplicates', 'parked', 'refused', 'deadLetters'];

/** What is answered, or null. */
export async function ask(path) {
  return (await answerOf(path)).answer ?? null;
}

/** What is answered, or what was wrong (RFC 9457); an empty problem where nobody answers. */
export async function answerOf(path, request = {}) {
  try {
    const answer = await fetch(path, { ...request, headers: { accept: 'application/json', ...request.headers } });
    const json = await answer.json();
    return answer.ok ? { answer: json } : { problem: json };
  } catch {
    return { problem: {} };
  }
}

export async function dimensions() {
  return (await ask('v1/funnel/dimensions'))?.dimensions ?? ['all', 'source', 'campaign', 'persona', 'owner'];
}

/**
 * Asks now and every few seconds while the page is looked at.
 *
 * @param {(policies: object[]) => void} onPolicies is told all saved versions
 */
export function keepAsking(onPolicies) {
  const lines = new Map();
  let busy = false;
  const again = async () => {
    if (busy || document.hidden) {
      return;
    }
    busy = true;
    const [policies, intake] = await Promise.all([ask('v1/policies'), ask('v1/intake')]);
    busy = false;
    showPolicy(policies, onPolicies);
    showIntake(intake, lines);
  };
  again();
  setInterval(again, EVERY);
  document.addEventListener('visibilitychange', again);
}

function showPolicy(answer, onPolicies) {
  const policies = Array.isArray(answer) ? answer : answer?.policies;
  if (!Array.isArray(policies)) {
    return;
  }
  onPolicies(policies);
  const active = policies.find((policy) => policy.state === 'active');
  const target = document.getElementById('policy');
  target.textContent = active ? `${active.name}@${active.version}` : 'none: marks from outside count';
  target.title = target.textContent;
}

function showIntake(answer, lines) {
  const section = document.getElementById('intake');
  if (!Array.isArray(answer?.doors)) {
    return;
  }
  section.hidden = answer.doors.length === 0;
  for (const door of answer.doors) {
    let line = lines.get(door.door);
    if (!line) {
      line = TALLIES.map(() => element('span'));
      document
        .getElementById('doors')
        .append(
          element(
            'tr',
            {},
            element('th', { scope: 'row' }, String(door.door)),
            ...line.map((cell) => element('td', { class: 'number' }, cell)),
          ),
        );
      lines.set(door.door, line);
    }
    TALLIES.forEach((name, index) => show(line[index], count(door[name] ?? 0)));
  }
}
