// What this device still owes the server: kept on disk before it is first sent, so that a
// lost answer, a reload or an empty battery loses no scan.

import { OUTBOX, inStore } from "./store.js";

/** Where an entry stands: on its way, or answered "no" while nobody was looking. */
export const State = Object.freeze({ WAITING: "waiting", REFUSED: "refused" });

export class Outbox {
  /** Keep entries in *database*; without one they live as long as the page. */
  constructor(database) {
    this.database = database;
    this.memory = new Map();
  }

  /** How many entries the disk did not take; they are lost if the page is closed. */
  get unsaved() {
    return this.memory.size;
  }

  /** List entries, oldest first. */
  async all() {
    const kept = (await this.#try("readonly", (store) => store.getAll())) ?? [];
    const entries = [...kept, ...this.memory.values()];
    return entries.sort((one, other) => one.at - other.at || one.seq - other.seq);
  }

  /** Keep *entry* (by its `id`), replacing what was kept under that id. */
  async put(entry) {
    const key = await this.#try("readwrite", (store) => store.put(entry));
    if (key === undefined) this.memory.set(entry.id, entry);
    else this.memory.delete(entry.id);
  }

  async remove(id) {
    this.memory.delete(id);
    await this.#try("readwrite", (store) => store.delete(id));
  }

  // A full disk, or a browser that lost its own database, must not stop the door: what
  // fails here is undefined, and `put` then keeps the entry in memory.
  async #try(mode, act) {
    if (this.database === null) return undefined;
    try {
      return await inStore(this.database, OUTBOX, mode, act);
    } catch (error) {
      console.warn("The outbox on disk failed:", error);
      return undefined;
    }
  }
}
