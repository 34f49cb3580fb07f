// Brings entries to the server: at once while a person waits, later from the outbox.

import { Outcome } from "./api.js";
import { State } from "./outbox.js";

// A person stands at the door: this long for the first try, and once more.
const LIVE_TIMEOUT_MS = 1500;
const LATER_TIMEOUT_MS = 10_000;
const FIRST_PAUSE_MS = 2000;
const LONGEST_PAUSE_MS = 60_000;

export class Delivery extends EventTarget {
  constructor(outbox, api) {
    super();
    this.outbox = outbox;
    this.api = api;
    this.flying = new Set();
    this.failures = 0;
    this.timer = null;
    api.onResult = (result) => this.#note(result);
  }

  /** Take up the network's own signs of life, and what an earlier visit left behind. */
  start() {
    addEventListener("online", () => this.flush());
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "visible") this.flush();
    });
    return this.flush();
  }

  /** Send *entry* while somebody waits for it; the result is that of `Api.post`. */
  async send(entry) {
    this.flying.add(entry.id);
    // The disk works beside the network, and nobody waits for it: on a phone it is slow.
    const kept = this.outbox.put(entry);
    let result = await this.#post(entry, LIVE_TIMEOUT_MS);
    if (result.outcome === Outcome.UNREACHABLE && result.status !== 429) {
      result = await this.#post(entry, LIVE_TIMEOUT_MS);
    }
    this.#finish(entry, result, kept);
    return result;
  }

  async #finish(entry, result, kept) {
    await kept;
    await this.#settle(entry, result);
    this.flying.delete(entry.id);
    this.#announce();
  }

  /** Send all that waits, oldest first, until the server cannot be reached. */
  async flush() {
    clearTimeout(this.timer);
    // Two windows of one device would send everything twice; harmless, but loud.
    if (!navigator.locks) return this.#flush();
    return navigator.locks.request("eventapp-door", { ifAvailable: true }, (lock) =>
      lock ? this.#flush() : undefined,
    );
  }

  async waiting() {
    return (await this.outbox.all()).filter((entry) => entry.state === State.WAITING);
  }

  async refused() {
    return (await this.outbox.all()).filter((entry) => entry.state === State.REFUSED);
  }

  async dismiss(id) {
    await this.outbox.remove(id);
    this.#announce();
  }

  async #flush() {
    for (const entry of await this.waiting()) {
      if (this.flying.has(entry.id)) continue;
      this.flying.add(entry.id);
      const result = await this.#post(entry, LATER_TIMEOUT_MS);
      await this.#settle(entry, result, { unseen: true });
      this.flying.delete(entry.id);
      if (result.outcome === Outcome.UNREACHABLE || result.outcome === Outcome.DENIED) break;
    }
    this.#announce();
  }

  async #post(entry, timeoutMs) {
    const body = entry.kind === "scan" ? { ...entry.body, age_ms: age(entry) } : entry.body;
    return this.api.post(entry.url, body, timeoutMs);
  }

  async #settle(entry, result, { unseen = false } = {}) {
    if (result.outcome === Outcome.UNREACHABLE || result.outcome === Outcome.DENIED) {
      return this.#later(result.retryMs);
    }
    const declined = result.outcome === Outcome.REFUSED || result.answer?.status === "error";
    // What the steward has already been told goes; a "no" that came later must be seen.
    if (declined && unseen) await this.outbox.put({ ...entry, state: State.REFUSED, answer: result.answer });
    else await this.outbox.remove(entry.id);
    if (unseen) this.#tell("settled", { entry, result });
  }

  // Any answer, a search's too, is a sign of life: what waits will go through now.
  #note({ outcome }) {
    const reached = outcome !== Outcome.UNREACHABLE;
    const back = reached && this.failures > 0;
    this.failures = reached ? 0 : this.failures + 1;
    if (back) this.#schedule(0);
    this.#tell("link", { reached, denied: outcome === Outcome.DENIED });
  }

  #later(retryMs) {
    const doubled = FIRST_PAUSE_MS * 2 ** Math.min(this.failures, 6);
    const spread = 0.75 + Math.random() / 2;
    this.#schedule(Math.max(retryMs, Math.min(doubled, LONGEST_PAUSE_MS) * spread));
  }

  #schedule(ms) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.flush(), ms);
  }

  async #announce() {
    const entries = await this.outbox.all();
    const count = (state) => entries.filter((entry) => entry.state === state).length;
    this.#tell("queue", { waiting: count(State.WAITING), refused: count(State.REFUSED) });
  }

  #tell(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}

// The wall clock and not performance.now(): that one stands still while a phone sleeps.
function age({ at }) {
  return Math.max(0, Date.now() - at);
}
