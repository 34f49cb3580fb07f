// Keeps a participant's own programme and badge on the phone, so that both open without network.
// The network always comes first; what is kept answers only when there is none.

const STORE = "own-programme";
const scope = new URL(self.registration.scope).pathname;
const isStatic = (url) => url.pathname.startsWith("/static/");
const isPage = (url) => url.pathname === scope || url.pathname === `${scope}/badge`;

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

// How often this device was asked to forget: what was asked for before must not be kept after.
let forgettings = 0;

async function keep(request, response, begun) {
  if (!response.ok || response.type !== "basic" || response.redirected) return;
  const store = await caches.open(STORE);
  if (begun === forgettings) await store.put(request, response);
  if (begun !== forgettings) await store.delete(request);
}

// What belongs to this event alone: another event's badge stays.
async function forget() {
  forgettings += 1;
  const store = await caches.open(STORE);
  const kept = await store.keys();
  await Promise.all(kept
    .filter((request) => new URL(request.url).pathname.startsWith(scope))
    .map((request) => store.delete(request)));
}

// Until the server has forgotten, too, somebody's page may still be on its way.
async function part(request) {
  await forget();
  try {
    return await fetch(request);
  } finally {
    await forget();
  }
}

async function page(request) {
  const begun = forgettings;
  let answer;
  try {
    answer = await fetch(request);
  } catch (error) {
    const kept = await (await caches.open(STORE)).match(request, { ignoreSearch: true, ignoreVary: true });
    if (kept) return kept;
    throw error;
  }
  if (answer.ok) await keep(new URL(request.url).pathname, answer.clone(), begun);
  else if (answer.status < 500) await forget(); // sent elsewhere, or refused: not theirs any more
  return answer;
}

async function file(request) {
  const kept = await (await caches.open(STORE)).match(request);
  return kept ?? fetch(request);
}

self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (url.origin !== self.location.origin) return;
  if (event.request.method === "POST" && url.pathname === `${scope}/forget`) event.respondWith(part(event.request));
  if (event.request.method !== "GET") return;
  if (event.request.mode === "navigate" && isPage(url)) event.respondWith(page(event.request));
  else if (isStatic(url)) event.respondWith(file(event.request));
});

// A page names what it is made of: it was loaded before this worker could see it.
self.addEventListener("message", (event) => {
  const named = (event.data?.keep ?? []).map((address) => new URL(address, self.location.origin));
  event.waitUntil(Promise.all(named
    .filter((url) => url.origin === self.location.origin && (isStatic(url) || isPage(url)))
    .map(async (url) => {
      const store = await caches.open(STORE);
      if (isStatic(url) && await store.match(url.href)) return;
      const begun = forgettings;
      const answer = await fetch(url.href).catch(() => null);
      if (answer) await keep(isPage(url) ? url.pathname : url.href, answer, begun);
    })));
});
