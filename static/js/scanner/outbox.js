// What this device still owes the server: kept on disk before it is first sent, so that a
// lost answer, a reload or an empty battery loses no scan.

const DATABASE = "eventapp-door";
const STORE = "outbox";

/** Where an entry stands: on its way, or answered "no" while nobody was looking. */
export const State = Object.freeze({ WAITING: "waiting", REFUSED: "refused" });

export class Outbox {
  /** Open the store of this origin; without IndexedDB it lives as long as the page. */
  static async open() {
    try {
      return new Outbox(await connect());
    } catch (error) {
      console.warn("Scans are kept in memory only:", error);
      return new Outbox(null);
    }
  }

  constructor(database) {
    this.database = database;
    this.memory = new Map();
  }

  /** Whether entries outlive the page. */
  get durable() {
    return this.database !== null;
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
    if (!this.durable) return undefined;
    try {
      return await this.#do(mode, act);
    } catch (error) {
      console.warn("The outbox on disk failed:", error);
      return undefined;
    }
  }

  #do(mode, act) {
    return new Promise((resolve, reject) => {
      const transaction = this.database.transaction(STORE, mode);
      const request = act(transaction.objectStore(STORE));
      transaction.oncomplete = () => resolve(request.result);
      transaction.onabort = () => reject(transaction.error);
    });
  }
}

function connect() {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(DATABASE, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE, { keyPath: "id" });
    request.onsuccess = () => {
      // A newer version of this page in another window may then change the store.
      request.result.onversionchange = () => request.result.close();
      resolve(request.result);
    };
    request.onerror = () => reject(request.error);
    request.onblocked = () => reject(new Error("Another window holds an older version."));
  });
}
