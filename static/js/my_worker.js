// Keeps a participant's own programme and badge on the phone, so that both open without network.
// The network always comes first; what is kept answers only when there is none.

const STORE = "own-programme";
const scope = new URL(self.registration.scope).pathname;
const isStatic = (url) => url.pathname.startsWith("/static/");
const isPage = (url) => url.pathname === scope || url.pathname === `${scope}/badge`;

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

async function keep(request, response) {
  const store = await caches.open(STORE);
  if (response.ok && response.type === "basic" && !response.redirected) await store.put(request, response);
}

// What belongs to this event alone: another event's badge stays.
async function forget() {
  const store = await caches.open(STORE);
  const kept = await store.keys();
  await Promise.all(kept
    .filter((request) => new URL(request.url).pathname.startsWith(scope))
    .map((request) => store.delete(request)));
}

async function page(request) {
  let answer;
  try {
    answer = await fetch(request);
  } catch (error) {
    const kept = await (await caches.open(STORE)).match(request, { ignoreSearch: true, ignoreVary: true });
    if (kept) return kept;
    throw error;
  }
  if (answer.ok) await keep(new URL(request.url).pathname, answer.clone());
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
  if (event.request.method === "POST" && url.pathname === `${scope}/forget`) event.waitUntil(forget());
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
      const answer = await fetch(url.href).catch(() => null);
      if (answer) await keep(isPage(url) ? url.pathname : url.href, answer);
    })));
});
