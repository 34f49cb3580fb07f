// Brings entries to the server: at once while a person waits, later from the outbox.

import { Outcome } from "./api.js";
import { State } from "./outbox.js";

// A person stands at the door: this long, and less while the server is known to be away.
const LIVE_TIMEOUT_MS = 1500;
const AWAY_TIMEOUT_MS = 500;
const LATER_TIMEOUT_MS = 10_000;
const FIRST_PAUSE_MS = 2000;
const LONGEST_PAUSE_MS = 60_000;
const MOST_AT_ONCE = 100;

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

  /**
   * Send *entry* while somebody waits for it; the result is that of `Api.post`. Without an
   * answer *decide* may say what the device itself makes of it, before the entry is kept so.
   */
  async send(entry, decide = async () => {}) {
    this.flying.add(entry.id);
    // The disk works beside the network, and nobody waits for it: on a phone it is slow.
    const kept = this.outbox.put(entry);
    const away = this.failures > 0;
    const result = await this.#post(entry, away ? AWAY_TIMEOUT_MS : LIVE_TIMEOUT_MS);
    if (result.outcome === Outcome.UNREACHABLE) await decide(entry);
    this.#finish(entry, result, kept);
    return result;
  }

  async #finish(entry, result, kept) {
    await kept;
    // What the device decided is kept with it: it has happened, whatever the server will say.
    if (entry.own) await this.outbox.put(entry);
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
    const left = (await this.waiting()).filter((entry) => !this.flying.has(entry.id));
    while (left.length) {
      const run = firstRun(left);
      left.splice(0, run.length);
      for (const entry of run) this.flying.add(entry.id);
      const last = await this.#sendRun(run);
      for (const entry of run) this.flying.delete(entry.id);
      this.#announce();
      if (last.outcome === Outcome.UNREACHABLE || last.outcome === Outcome.DENIED) break;
    }
    this.#announce();
  }

  /** Send entries that go together, and settle each; what came of the last one tells how to go on. */
  async #sendRun(run) {
    if (run.length > 1) {
      const results = await this.#postAll(run);
      if (results) {
        for (const [place, entry] of run.entries()) await this.#settle(entry, results[place], { unseen: true });
        return results.at(-1);
      }
    }
    let result;
    for (const entry of run) {
      result = await this.#post(entry, LATER_TIMEOUT_MS);
      await this.#settle(entry, result, { unseen: true });
      if (result.outcome === Outcome.UNREACHABLE || result.outcome === Outcome.DENIED) break;
    }
    return result;
  }

  /** Send scans in one request; null where the server takes them singly only. */
  async #postAll(run) {
    const body = { scans: run.map((entry) => ({ ...entry.body, age_ms: age(entry) })) };
    const result = await this.api.post(`${run[0].url}:batch`, body, LATER_TIMEOUT_MS);
    if (result.outcome === Outcome.REFUSED) return null;
    if (result.outcome !== Outcome.ANSWERED) return run.map(() => result);
    return result.answer.verdicts.map((answer) => {
      const outcome = answer.replayed === undefined ? Outcome.REFUSED : Outcome.ANSWERED;
      return { ...result, answer, outcome };
    });
  }

  async #post(entry, timeoutMs) {
    const body = entry.kind === "scan" ? { ...entry.body, age_ms: age(entry) } : entry.body;
    return this.api.post(entry.url, body, timeoutMs);
  }

  async #settle(entry, result, { unseen = false } = {}) {
    if (result.outcome === Outcome.UNREACHABLE || result.outcome === Outcome.DENIED) {
      return this.#later(result.retryMs);
    }
    // A "no" that the device has said itself is no news.
    const told = entry.body.said !== undefined && result.answer?.code === entry.body.said;
    const declined = result.outcome === Outcome.REFUSED || (result.answer?.status === "error" && !told);
    // What the steward has already been told goes; a "no" that came later must be seen.
    if (declined && unseen) await this.outbox.put({ ...entry, state: State.REFUSED, answer: result.answer });
    else await this.outbox.remove(entry.id);
    if (unseen) this.#tell("settled", { entry, result });
  }

  // Any answer, a search's too, is a sign of life: what waits will go through now.
  #note({ outcome, answer }) {
    const reached = outcome !== Outcome.UNREACHABLE;
    const back = reached && this.failures > 0;
    this.failures = reached ? 0 : this.failures + 1;
    if (back) this.#schedule(0);
    const revoked = answer?.code === "device-revoked";
    this.#tell("link", { reached, denied: outcome === Outcome.DENIED, revoked });
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
    const { unsaved } = this.outbox;
    this.#tell("queue", { waiting: count(State.WAITING), refused: count(State.REFUSED), unsaved });
  }

  #tell(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}

// The wall clock and not performance.now(): that one stands still while a phone sleeps.
function age({ at }) {
  return Math.max(0, Date.now() - at);
}

/** Scans of one place that stand behind each other go together; anything else goes alone. */
function firstRun(entries) {
  const [first] = entries;
  if (first.kind !== "scan") return [first];
  const end = entries.findIndex((entry) => entry.kind !== "scan" || entry.url !== first.url);
  return entries.slice(0, end < 0 ? MOST_AT_ONCE : Math.min(end, MOST_AT_ONCE));
}
