/** Elements. Text is only ever set as text: names of sources and owners are foreign. */

export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    made.setAttribute(key, value);
  }
  made.append(...children);
  return made;
}

const still = window.matchMedia('(prefers-reduced-motion: reduce)');

/** Sets the text, and lets it flash where it has changed. */
export function show(target, text) {
  const before = target.textContent;
  if (before === text) {
    return;
  }
  target.textContent = text;
  if (before !== '' && !still.matches) {
    for (const running of target.getAnimations()) {
      running.cancel();
    }
    target.animate([{ backgroundColor: 'var(--flash)' }, { backgroundColor: 'transparent' }], {
      duration: 900,
      easing: 'ease-out',
    });
  }
}
