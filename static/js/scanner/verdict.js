// The verdict: the whole screen in one colour, a huge icon, one word, the name.

const TONES = { ok: "ok", warn: "warn", error: "stop" };
// A "no" has more to read than a "yes".
const HOLD_MS = { ok: 1600, wait: 2400, warn: 2400, stop: 3200 };
const MORE_HOLD_MS = 12_000;
// A "yes" may make way for the next badge, but not before it could be seen.
const LEAST_MS = 700;

/**
 * Say what a server's *answer* looks like: `{tone, code, word, name, organisation, lines, flags}`.
 * Everything is text; *direction* is what the steward asked for.
 */
export function present(answer, direction, words) {
  const { code, registration, first, conflict } = answer;
  const tone = conflict && answer.status === "ok" ? "warn" : (TONES[answer.status] ?? "stop");
  const time = first?.at ? words.time(first.at) : "";
  const word = wordOf(answer, direction, time, words);
  return {
    tone,
    code,
    word,
    name: registration?.name ?? "",
    organisation: registration?.organisation ?? "",
    lines: linesOf(answer, word, firstUse(first, time, words), words),
    flags: (registration?.flags ?? []).map((flag) => words.say(`flag-${flag}`) || flag),
  };
}

/** Say what stands on the screen when no answer came: *code* is `queued`, `denied`, …. */
export function presentOwn(tone, code, words, name = "") {
  const lines = [words.say(`sentence-${code}`)].filter(Boolean);
  return { tone, code, word: words.say(`word-${code}`), name, organisation: "", lines, flags: [] };
}

function wordOf({ code, presence, status }, direction, time, words) {
  if (code === "ok") {
    const way = { present: "entry", absent: "exit" }[presence] ?? direction;
    return words.say(way === "exit" ? "word-ok-exit" : "word-ok-entry");
  }
  const timed = time ? [`word-${code}-at`] : [];
  return words.first([...timed, `word-${code}`, `word-${TONES[status] ?? "stop"}`], { time });
}

// At arm's length every line counts: none repeats the word, and a "yes" needs none.
function linesOf({ status, sentence, conflict }, word, first, words) {
  const said = first || (sameText(sentence, word) || status === "ok" ? "" : sentence);
  const doubt = conflict ? words.say(conflict.kind === "not-admissible" ? "conflict-rules" : "conflict") : "";
  return [said, doubt].filter(Boolean);
}

function sameText(one, other) {
  const plain = (text) => (text ?? "").toLowerCase().replace(/[\s.]+/g, " ").trim();
  return plain(one) === plain(other);
}

function firstUse(first, time, words) {
  if (!time) return "";
  const place = [first.checkpoint, first.device].filter(Boolean).join(", ");
  return words.say(place ? "first-use-at" : "first-use", { time, place });
}

export class Verdict {
  constructor(element, live) {
    this.element = element;
    this.live = live;
    this.timer = null;
    this.shownAt = 0;
    this.part = (name) => element.querySelector(`[data-verdict-${name}]`);
    element.addEventListener("click", (event) => {
      if (!event.target.closest("button:not([data-verdict-close])")) this.hide();
    });
    // Whoever works with the keyboard in here has not finished reading.
    element.addEventListener("focusin", () => clearTimeout(this.timer));
    document.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || !this.shown) return;
      // Otherwise Escape would empty a search field that has the focus behind the verdict.
      event.preventDefault();
      this.hide();
    });
  }

  get shown() {
    return !this.element.hidden;
  }

  /** Whether a badge that wanders into view must wait for this verdict to be read. */
  get holds() {
    if (!this.shown) return false;
    return this.element.dataset.tone === "stop" || performance.now() - this.shownAt < LEAST_MS;
  }

  /** Show *view*; *actions* (`{admit, badge}`) says which buttons stand under it. */
  show(view, { admit = false, badge = false } = {}) {
    this.element.className = `verdict verdict--overlay verdict--${view.tone}`;
    this.element.dataset.tone = view.tone;
    this.element.dataset.verdictCode = view.code;
    for (const name of ["word", "name", "organisation"]) this.#fill(name, view[name]);
    this.#list("lines", view.lines, "p");
    this.#list("flags", view.flags, "li");
    this.part("admit").hidden = !admit;
    this.part("badge").hidden = !badge;
    this.part("seat").hidden = true;
    this.element.hidden = false;
    // The announcement is changed even if the same verdict comes twice in a row.
    this.live.textContent = "";
    const spoken = [view.word, view.name, view.organisation, ...view.flags, ...view.lines];
    requestAnimationFrame(() => (this.live.textContent = spoken.filter(Boolean).join(". ")));
    this.shownAt = performance.now();
    this.#holdFor(HOLD_MS[view.tone]);
  }

  /** Add *line* to what is shown, with a button if a place can be given: there is more to read. */
  tell(line, { seat = false } = {}) {
    this.part("lines").append(Object.assign(document.createElement("p"), { textContent: line }));
    this.part("lines").hidden = false;
    this.part("seat").hidden = !seat;
    this.live.textContent += ` ${line}`;
    if (this.shown && !this.element.contains(document.activeElement)) this.#holdFor(MORE_HOLD_MS);
  }

  hide() {
    clearTimeout(this.timer);
    const inside = this.element.contains(document.activeElement);
    this.element.hidden = true;
    if (inside) document.activeElement?.blur?.();
    this.element.dispatchEvent(new Event("verdict-closed"));
  }

  #holdFor(ms) {
    clearTimeout(this.timer);
    this.element.style.setProperty("--hold", `${ms}ms`);
    this.timer = setTimeout(() => this.hide(), ms);
  }

  #fill(name, text) {
    const element = this.part(name);
    element.textContent = text;
    element.hidden = !text;
  }

  #list(name, texts, tag) {
    const items = texts.map((text) => Object.assign(document.createElement(tag), { textContent: text }));
    const element = this.part(name);
    element.replaceChildren(...items);
    element.hidden = items.length === 0;
  }
}
