// The participant's own pages: kept on the phone, and saying so when they are shown without network.

const own = document.querySelector("[data-keep]");

async function keepHere() {
  if (!own || !("serviceWorker" in navigator)) return;
  try {
    const { keep: worker, scope } = own.dataset;
    await navigator.serviceWorker.register(worker, { scope });
    const { active } = await navigator.serviceWorker.ready;
    const parts = performance.getEntriesByType("resource").map((entry) => entry.name);
    active.postMessage({ keep: [...parts, scope, `${scope}/badge`] });
  } catch { /* a browser that keeps nothing: the pages work as long as there is network */ }
}

async function tellWhenAlone() {
  const reached = navigator.onLine && await fetch("/healthz", { cache: "no-store" }).then(() => true, () => false);
  document.querySelector("[data-offline]")?.toggleAttribute("hidden", reached);
}

keepHere();
tellWhenAlone();
for (const change of ["online", "offline"]) window.addEventListener(change, tellWhenAlone);
