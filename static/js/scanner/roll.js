// The list of badges of one checkpoint, kept on this device and brought up to date by changes.

import { Outcome } from "./api.js";
import { hashOf, openCard, readBadge } from "./badge.js";
import { after, decide } from "./decide.js";
import { proven } from "./signed.js";
import { BADGES, LISTS, inStore } from "./store.js";

const EVERY_MS = 20_000;
const TIMEOUT_MS = 15_000;
const MOVES = new Set(["ok", "out"]);

export class Roll extends EventTarget {
  /**
   * Keep the list of *door* that the server tells at *url*; *day* names a moment's day there. What
   * the page itself says of the door is *bare*: by that, signed badges are checked without a list.
   */
  constructor({ database, api, url, door, day, outbox, bare }) {
    super();
    Object.assign(this, { database, api, url, door, day, outbox });
    const { event, policy, keys, closes_daily: closesDaily } = bare;
    this.event = event;
    this.bare = { policy, keys, closesDaily, asOf: null, ...hours(bare) };
    this.list = null;
    this.timer = null;
    // What a full disk did not take, by hash.
    this.unsaved = new Map();
  }

  /** Whether this browser can decide at all: it needs a secure address and a disk. */
  get able() {
    return this.database !== null && Boolean(globalThis.crypto?.subtle);
  }

  /** Take up the list of an earlier visit, and keep it fresh from now on. */
  async start() {
    if (!this.able) return;
    this.list = (await this.#in(LISTS, "readonly", (store) => store.get(this.door))) ?? null;
    this.#tell();
    addEventListener("online", () => this.refresh());
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "visible") this.refresh();
    });
    await this.refresh();
  }

  /** Ask for what has changed since this device's revision. */
  async refresh() {
    clearTimeout(this.timer);
    this.asking ??= this.#refresh().finally(() => (this.asking = null));
    await this.asking;
    this.timer = setTimeout(() => this.refresh(), EVERY_MS);
  }

  async #refresh() {
    if (!this.able || document.visibilityState !== "visible") return;
    const url = `${this.url}?since=${this.list?.revision ?? 0}`;
    const headers = this.list?.tag ? { "If-None-Match": this.list.tag } : {};
    const { outcome, answer, status, tag } = await this.api.get(url, TIMEOUT_MS, undefined, headers);
    if (outcome !== Outcome.ANSWERED) return;
    try {
      if (status === 304) await this.#note({ ...this.list, asOf: Date.now() });
      else await this.#apply(answer, tag);
    } catch (error) {
      console.warn("The list could not be kept:", error);
    }
    this.#tell();
  }

  async #apply({ revision, whole, checkpoint, closes_daily: closesDaily, badges, gone, keys }, tag) {
    await this.#in(BADGES, "readwrite", (store) => {
      if (whole) store.delete(IDBKeyRange.bound([this.door, ""], [this.door, "\uffff"]));
      for (const badge of badges) store.put({ ...badge, door: this.door });
      for (const hash of gone) store.delete([this.door, hash]);
    });
    await this.#note({
      door: this.door,
      revision,
      // The tag names what was asked: of the next question it is known only if nothing came.
      tag: whole || badges.length || gone.length ? null : tag,
      policy: checkpoint.policy,
      ...hours(checkpoint),
      closesDaily,
      keys,
      asOf: Date.now(),
    });
    await this.#replay();
  }

  /** The server does not know yet what waits here: the list must. */
  async #replay() {
    for (const { hash, door, said, moment, alone } of await this.outbox.all()) {
      if (hash && door === this.door && MOVES.has(said)) await this.noteMove(hash, said, moment, "", alone);
    }
  }

  async #note(list) {
    this.list = list;
    await this.#in(LISTS, "readwrite", (store) => store.put(list));
  }

  /**
   * Give the verdict on *code* at the moment *at*, as the server would answer it; null where
   * this device has no list. `hash` names the badge, `unlisted` that the list does not have it,
   * `alone` what a badge that is not on the list proves of itself.
   */
  async judge(code, direction, at) {
    if (!this.able || typeof code !== "string") return null;
    const badge = readBadge(code);
    const list = this.list ?? (badge?.seal ? this.bare : null);
    if (!list) return null;
    const hash = badge ? await hashOf(badge.code) : null;
    const listed = hash ? await this.#badge(hash) : null;
    const { known, alone } = await this.#trusted(badge, listed, list);
    const endsAt = badge?.seal?.endsAt ?? null;
    const found = known?.refused
      ? { code: known.refused, status: "error", presence: null }
      : decide(known, { at, direction, list, day: this.day, endsAt });
    const card = known?.card ? await openCard(known.card, badge.code) : null;
    const barred = found.code === "already-in" && known.first_at;
    const first = barred
      ? { at: new Date(known.first_at).toISOString(), checkpoint: "", device: known.station ?? "" }
      : null;
    const registration = card ? { ...card, id: String(card.id) } : null;
    return { ...found, registration, first, hash, alone, unlisted: Boolean(badge && !known) };
  }

  /** What may be believed of a badge: what the list says of it, else what it proves of itself. */
  async #trusted(badge, listed, list) {
    if (!badge?.seal) return { known: listed, alone: null };
    const { seal } = badge;
    if (seal.event !== this.event) return { known: { refused: "wrong-event" }, alone: null };
    const right = await proven(seal, list.keys ?? []);
    if (right === false) return { known: { refused: "invalid-code" }, alone: null };
    if (listed && !listed.alone) return { known: listed, alone: null };
    // Without its key, or without Ed25519 in this browser, the list alone is believed.
    if (right === null) return { known: null, alone: null };
    const { registration, generation } = seal;
    if (await this.#newer(registration, generation)) return { known: { verdict: "revoked" }, alone: null };
    return { known: listed ?? {}, alone: { registration, generation } };
  }

  /** Whether this device has let a newer badge of the same person in. */
  async #newer(registration, generation) {
    const range = IDBKeyRange.bound([this.door, ""], [this.door, "\uffff"]);
    const kept = await this.#in(BADGES, "readonly", (store) => store.getAll(range));
    return [...kept, ...this.unsaved.values()].some(
      ({ alone }) => alone?.registration === registration && alone.generation > generation,
    );
  }

  /** Let the list know of a move at this door that the server knows, or will. */
  async noteMove(hash, code, at, station, alone = null) {
    const fresh = alone ? { door: this.door, hash, alone } : null;
    const known = (await this.#badge(hash)) ?? fresh;
    if (!known || !MOVES.has(code)) return;
    const moved = after(known, code, at, station);
    try {
      await this.#in(BADGES, "readwrite", (store) => store.put(moved));
      this.unsaved.delete(hash);
    } catch (error) {
      console.warn("A move is known to this page only:", error);
      this.unsaved.set(hash, moved);
    }
  }

  /** Let the list know what the server answered about *code*. */
  async noteAnswer(code, answer, at) {
    const badge = this.able && this.list && typeof code === "string" ? readBadge(code) : null;
    if (badge) await this.noteMove(await hashOf(badge.code), answer.code, at, "");
  }

  async #badge(hash) {
    return this.unsaved.get(hash) ?? this.#in(BADGES, "readonly", (store) => store.get([this.door, hash]));
  }

  #in(store, mode, act) {
    return inStore(this.database, store, mode, act);
  }

  #tell() {
    const detail = this.list ? { asOf: this.list.asOf, revision: this.list.revision } : null;
    this.dispatchEvent(new CustomEvent("list", { detail }));
  }
}

/** When a door opens and closes, in milliseconds. */
function hours({ opens_at: opens, closes_at: closes }) {
  const moment = (text) => (text ? Date.parse(text) : null);
  return { opensAt: moment(opens), closesAt: moment(closes) };
}
