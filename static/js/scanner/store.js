// What this device keeps on disk for the door: scans that wait, and the lists of badges.

const DATABASE = "eventapp-door";
const VERSION = 2;

export const OUTBOX = "outbox";
export const BADGES = "badges";
export const LISTS = "lists";

/** Open the database of this origin; null where the browser keeps nothing for us. */
export async function openStore() {
  try {
    // Asked for once the door is open: the browser should not clear what was not sent.
    navigator.storage?.persist?.().catch(() => {});
    return await connect();
  } catch (error) {
    console.warn("Nothing is kept on disk:", error);
    return null;
  }
}

/** Run *act* on the store *name* in one transaction; resolves with its request's result. */
export function inStore(database, name, mode, act) {
  return new Promise((resolve, reject) => {
    const transaction = database.transaction(name, mode);
    const request = act(transaction.objectStore(name));
    transaction.oncomplete = () => resolve(request?.result);
    transaction.onabort = () => reject(transaction.error);
  });
}

function connect() {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(DATABASE, VERSION);
    request.onupgradeneeded = ({ oldVersion }) => upgrade(request.result, oldVersion);
    request.onsuccess = () => {
      // A newer version of this page in another window may then change the store.
      request.result.onversionchange = () => request.result.close();
      resolve(request.result);
    };
    request.onerror = () => reject(request.error);
    request.onblocked = () => reject(new Error("Another window holds an older version."));
  });
}

function upgrade(database, before) {
  if (before < 1) database.createObjectStore(OUTBOX, { keyPath: "id" });
  if (before < 2) {
    database.createObjectStore(BADGES, { keyPath: ["door", "hash"] });
    database.createObjectStore(LISTS, { keyPath: "door" });
  }
}
