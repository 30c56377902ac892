/** Whose verdicts the funnel is made of: the official ones, or those of a shadow. */

import { element } from './dom.js';

const OFFICIAL = 'active';

export class Series {
  /** @param {() => void} onChoice when another series is to be shown */
  constructor(onChoice) {
    this.onChoice = onChoice;
    this.chosen = OFFICIAL;
    this.offered = '';
    this.place = document.getElementById('series');
  }

  /** Shows a choice as long as there are shadows. */
  offer(policies) {
    const shadows = policies
      .filter((policy) => policy.state === 'shadow')
      .map((policy) => `${policy.name}@${policy.version}`)
      .sort();
    const offered = JSON.stringify(shadows);
    if (offered === this.offered) {
      return;
    }
    this.offered = offered;
    this.place.querySelectorAll('label').forEach((label) => label.remove());
    this.place.hidden = shadows.length === 0;
    if (this.chosen !== OFFICIAL && !shadows.includes(this.chosen)) {
      this.choose(OFFICIAL);
    }
    for (const name of [OFFICIAL, ...shadows]) {
      const radio = element('input', { type: 'radio', name: 'series', value: name });
      radio.checked = name === this.chosen;
      radio.addEventListener('change', () => this.choose(name));
      const words = name === OFFICIAL ? 'official' : `shadow ${name}`;
      this.place.append(element('label', {}, radio, element('span', {}, words)));
    }
  }

  choose(name) {
    this.chosen = name;
    this.onChoice();
  }
}
