// The badge on a phone: the screen stays on while its code is shown to the scanner.

let lock = null;

async function stayAwake() {
  if (!("wakeLock" in navigator) || document.visibilityState !== "visible" || lock) return;
  try {
    lock = await navigator.wakeLock.request("screen");
    lock.addEventListener("release", () => { lock = null; });
  } catch { /* a battery that is low: the screen goes dark as it always does */ }
}

document.addEventListener("visibilitychange", stayAwake);
stayAwake();
