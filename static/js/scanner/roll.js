// The list of badges of one checkpoint, kept on this device and brought up to date by changes.

import { Outcome } from "./api.js";
import { hashOf, openCard, readCode } from "./badge.js";
import { after, decide } from "./decide.js";
import { BADGES, LISTS, inStore } from "./store.js";

const EVERY_MS = 20_000;
const TIMEOUT_MS = 15_000;
const MOVES = new Set(["ok", "out"]);

export class Roll extends EventTarget {
  /** Keep the list of *door* that the server tells at *url*; *day* names a moment's day there. */
  constructor({ database, api, url, door, day, outbox }) {
    super();
    Object.assign(this, { database, api, url, door, day, outbox });
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

  async #apply({ revision, whole, checkpoint, closes_daily: closesDaily, badges, gone }, tag) {
    await this.#in(BADGES, "readwrite", (store) => {
      if (whole) store.delete(IDBKeyRange.bound([this.door, ""], [this.door, "\uffff"]));
      for (const badge of badges) store.put({ ...badge, door: this.door });
      for (const hash of gone) store.delete([this.door, hash]);
    });
    const moment = (text) => (text ? Date.parse(text) : null);
    await this.#note({
      door: this.door,
      revision,
      // The tag names what was asked: of the next question it is known only if nothing came.
      tag: whole || badges.length || gone.length ? null : tag,
      policy: checkpoint.policy,
      opensAt: moment(checkpoint.opens_at),
      closesAt: moment(checkpoint.closes_at),
      closesDaily,
      asOf: Date.now(),
    });
    await this.#replay();
  }

  /** The server does not know yet what waits here: the list must. */
  async #replay() {
    for (const { hash, door, said, moment } of await this.outbox.all()) {
      if (hash && door === this.door && MOVES.has(said)) await this.noteMove(hash, said, moment, "");
    }
  }

  async #note(list) {
    this.list = list;
    await this.#in(LISTS, "readwrite", (store) => store.put(list));
  }

  /**
   * Give the verdict on *code* at the moment *at*, as the server would answer it; null where
   * this device has no list. `hash` names the badge, `unlisted` that the list does not have it.
   */
  async judge(code, direction, at) {
    if (!this.able || !this.list || typeof code !== "string") return null;
    const canonical = readCode(code);
    const hash = canonical ? await hashOf(canonical) : null;
    const known = hash ? await this.#badge(hash) : null;
    const found = decide(known, { at, direction, list: this.list, day: this.day });
    const card = known?.card ? await openCard(known.card, canonical) : null;
    const refused = found.code === "already-in" && known.first_at;
    const first = refused
      ? { at: new Date(known.first_at).toISOString(), checkpoint: "", device: known.station ?? "" }
      : null;
    const registration = card ? { ...card, id: String(card.id) } : null;
    return { ...found, registration, first, hash, unlisted: Boolean(canonical && !known) };
  }

  /** Let the list know of a move at this door that the server knows, or will. */
  async noteMove(hash, code, at, station) {
    const known = await this.#badge(hash);
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
    const canonical = this.able && this.list && typeof code === "string" ? readCode(code) : null;
    if (canonical) await this.noteMove(await hashOf(canonical), answer.code, at, "");
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
