/** How numbers, times and names are shown. */

export const STAGES = ['CAPTURED', 'MQL', 'ACCEPTED', 'CONTACTED', 'WON'];
export const EXITS = ['REJECTED', 'LOST'];

export const STAGE_NAMES = {
  CAPTURED: 'Captured',
  MQL: 'MQL',
  ACCEPTED: 'Accepted',
  CONTACTED: 'Contacted',
  WON: 'Won',
  REJECTED: 'Rejected',
  LOST: 'Lost',
};

export const DEVIATIONS = {
  deviationCapturedAgain: 'captured again',
  deviationRepeated: 'repeated',
  deviationLateMark: 'late mark',
  deviationBackward: 'backward',
  deviationAfterExit: 'after exit',
  deviationAfterFinal: 'after final',
  deviationBeforeCapture: 'before capture',
};

/** What is shown where there is nothing to show. */
export const NONE = '–';

const whole = new Intl.NumberFormat();
const tenths = new Intl.NumberFormat(undefined, { minimumFractionDigits: 1, maximumFractionDigits: 1 });

export function count(number) {
  return whole.format(number);
}

export function share(part, all) {
  return all > 0 ? `${tenths.format((100 * part) / all)} %` : NONE;
}

const UNITS = [
  ['d', 86400],
  ['h', 3600],
  ['min', 60],
  ['s', 1],
];

/** The two greatest units: 3 d 4 h, 12 min 5 s; a part of a second in milliseconds. */
export function duration(seconds) {
  if (seconds === null || seconds === undefined) {
    return NONE;
  }
  if (seconds < 1) {
    return `${Math.round(seconds * 1000)} ms`;
  }
  let at = UNITS.findIndex(([, size]) => seconds >= size);
  const [smallest, smallestSize] = UNITS[Math.min(at + 1, UNITS.length - 1)];
  let rest = Math.round(seconds / smallestSize) * smallestSize;
  at = UNITS.findIndex(([, size]) => rest >= size);
  const [unit, size] = UNITS[at];
  const greater = Math.floor(rest / size);
  rest -= greater * size;
  return rest > 0 && unit !== smallest
    ? `${greater} ${unit} ${Math.round(rest / smallestSize)} ${smallest}`
    : `${greater} ${unit}`;
}

const moment = new Intl.DateTimeFormat(undefined, {
  year: 'numeric',
  month: 'short',
  day: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  timeZoneName: 'short',
});

const shortMoment = new Intl.DateTimeFormat(undefined, {
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
});

function formatted(iso, format) {
  const at = new Date(iso);
  return Number.isNaN(at.getTime()) ? NONE : format.format(at);
}

/** In the viewer's time zone, which it names. */
export function time(iso) {
  return formatted(iso, moment);
}

/** In the viewer's time zone, for columns whose heading names it. */
export function shortTime(iso) {
  return formatted(iso, shortMoment);
}

/** When leads were captured, as it was asked for: days in the zone of the question. */
export function range({ from, to, zone }) {
  const day = (iso) => (iso ? new Date(iso).toLocaleDateString(undefined, zone ? { timeZone: zone } : {}) : '…');
  return `${day(from)} to ${day(to)}`;
}
