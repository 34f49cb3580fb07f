// USB and Bluetooth scanners: they type the code, very fast, and press Enter.
//
// Heard everywhere on the page, whatever has the focus. A burst is told from a person by
// its rhythm alone, so typing a name stays untouched; if the burst fell into a field,
// the field gets back what it held before.

// No person's typical pause between two keys is this short; a scanner's always is.
const TYPICAL_PAUSE_MS = 35;
// A busy page may hold up single keys of a scanner for longer.
const LONGEST_PAUSE_MS = 150;
const SHORTEST_CODE = 8;
const ENDS = new Set(["Enter", "Tab"]);

/** Call *onCode* with every code that a keyboard-like scanner types; returns a way to stop. */
export function listenForWedge(onCode, target = document) {
  let burst = null;

  function hear(event) {
    if (event.isComposing || event.ctrlKey || event.altKey || event.metaKey) burst = null;
    else if (ENDS.has(event.key)) finish(event);
    else if (event.key.length === 1) add(event);
  }

  function add(event) {
    const pause = burst ? event.timeStamp - burst.last : Infinity;
    if (pause > LONGEST_PAUSE_MS || event.repeat) burst = begin(event);
    else burst.pauses.push(pause);
    burst.text += event.key;
    burst.last = event.timeStamp;
  }

  function finish(event) {
    const done = burst;
    burst = null;
    if (!done || event.timeStamp - done.last > LONGEST_PAUSE_MS || !isScan(done)) return;
    // Otherwise Enter would press the focused button or send the form.
    event.preventDefault();
    event.stopImmediatePropagation();
    restore(done.field);
    onCode(done.text);
  }

  target.addEventListener("keydown", hear, { capture: true });
  return () => target.removeEventListener("keydown", hear, { capture: true });
}

function begin({ timeStamp, target }) {
  return { text: "", last: timeStamp, pauses: [], field: remembered(target) };
}

function isScan({ text, pauses }) {
  const middle = [...pauses].sort((one, other) => one - other)[pauses.length >> 1];
  return text.length >= SHORTEST_CODE && middle <= TYPICAL_PAUSE_MS;
}

function remembered(element) {
  const typed = element instanceof HTMLInputElement || element instanceof HTMLTextAreaElement;
  return typed ? { element, value: element.value } : null;
}

function restore(field) {
  if (!field || field.element.value === field.value) return;
  field.element.value = field.value;
  field.element.dispatchEvent(new Event("input", { bubbles: true }));
}
