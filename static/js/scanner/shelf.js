// Service worker: keeps the scanner's page and its files, so that it opens without the server.
//
// It serves two addresses: the door's pages, and the folder of the decoder's worker, whose
// own requests go by the address of its script. Nothing of an answer about people is kept.
/* global self, caches, clients */

const SHELF = "eventapp-door-1";
const PAGE = /\/door\/\d+$/;
const FILE = /^\/static\//;
const PAGE_WAITS_MS = 3000;
const FILE_WAITS_MS = 2000;

self.addEventListener("install", () => self.skipWaiting());

self.addEventListener("activate", (event) => {
  event.waitUntil(clear().then(() => clients.claim()));
});

async function clear() {
  const names = await caches.keys();
  const old = names.filter((name) => name.startsWith("eventapp-door-") && name !== SHELF);
  await Promise.all(old.map((name) => caches.delete(name)));
}

// The page names what it was made of; only with all of it is it worth keeping.
self.addEventListener("message", (event) => {
  event.waitUntil(
    keep(event.data).then(
      () => event.ports[0]?.postMessage({ kept: true }),
      (error) => event.ports[0]?.postMessage({ kept: false, error: String(error) }),
    ),
  );
});

async function keep({ page, files }) {
  const shelf = await caches.open(SHELF);
  await Promise.all([...new Set(files)].map((file) => take(shelf, file)));
  if (page) await take(shelf, page);
}

async function take(shelf, address) {
  // What stands under the digest of its content never changes.
  if (new URL(address).searchParams.has("v") && (await shelf.match(address))) return;
  const answer = await fetch(address, { cache: "no-cache" });
  if (!answer.ok || answer.redirected) throw new Error(`${answer.status} ${address}`);
  await shelf.put(address, answer);
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname, searchParams } = new URL(request.url);
  if (request.method !== "GET" || origin !== self.location.origin) return;
  if (request.mode === "navigate" && PAGE.test(pathname)) event.respondWith(fresh(request, PAGE_WAITS_MS));
  else if (FILE.test(pathname) && searchParams.has("v")) event.respondWith(kept(request));
  else if (FILE.test(pathname)) event.respondWith(fresh(request, FILE_WAITS_MS));
});

async function kept(request) {
  const shelf = await caches.open(SHELF);
  return (await shelf.match(request.url)) ?? fresh(request, FILE_WAITS_MS);
}

/** The server's answer; where it does not come in time, what is kept. */
async function fresh(request, patience) {
  const shelf = await caches.open(SHELF);
  const asked = fetch(request).then((answer) => remember(shelf, request, answer));
  const spare = await shelf.match(request.url, { ignoreSearch: true });
  if (!spare) return asked;
  const late = new Promise((resolve) => setTimeout(resolve, patience, spare.clone()));
  const good = asked.then(async (answer) => ((await isNone(answer, spare)) ? spare : answer));
  return Promise.race([good, late]).catch(() => spare);
}

/** A server that cannot answer is as good as none; so is one that asks a paired phone to sign in. */
async function isNone(answer, spare) {
  if (answer.type !== "opaqueredirect") return answer.status >= 500;
  // Its own page says that the phone was disconnected, and keeps what waits to be sent.
  return (await spare.clone().text()).includes(" data-device");
}

async function remember(shelf, request, answer) {
  if (answer.ok && !answer.redirected && answer.type === "basic") await shelf.put(request.url, answer.clone());
  return answer;
}
