// Asks the service worker to keep this page and all that it was made of.

// The decoder's worker loads these by itself, where the page does not see it.
const DECODER = [
  "./decoder.js",
  "../../vendor/zxing/zxing_reader.min.js",
  "../../vendor/zxing/zxing_reader.wasm",
  "../../vendor/jsqr/jsQR.js",
];

/** Keep this page on the device; false where the browser or the address does not allow it. */
export async function keepPage(workerUrl) {
  if (!navigator.serviceWorker || !isSecureContext) return false;
  try {
    const [door] = await Promise.all([
      navigator.serviceWorker.register(workerUrl),
      navigator.serviceWorker.register(new URL("./shelf.js", import.meta.url)),
    ]);
    const page = location.href.split(/[?#]/)[0];
    return await asked(await active(door), { page, files: files() });
  } catch (error) {
    console.warn("The page is not kept:", error);
    return false;
  }
}

function files() {
  const loaded = performance.getEntriesByType("resource").map(({ name }) => name);
  const named = [...document.querySelectorAll("script[src], link[href], use[href]")].map(
    (element) => new URL(element.getAttribute("src") ?? element.getAttribute("href"), location.href).href,
  );
  const decoder = DECODER.map((path) => new URL(path, import.meta.url).href);
  const ours = [...loaded, ...named, ...decoder].map((address) => address.split("#")[0]);
  return ours.filter((address) => new URL(address).pathname.startsWith("/static/") && address.startsWith(location.origin));
}

function active(registration) {
  if (registration.active) return registration.active;
  const worker = registration.installing ?? registration.waiting;
  return new Promise((resolve) => {
    worker.addEventListener("statechange", () => {
      if (worker.state === "activated") resolve(worker);
    });
  });
}

function asked(worker, message) {
  const { port1, port2 } = new MessageChannel();
  return new Promise((resolve) => {
    port1.onmessage = ({ data }) => {
      if (data.error) console.warn("The page is not kept:", data.error);
      resolve(data.kept);
    };
    worker.postMessage(message, [port2]);
  });
}
