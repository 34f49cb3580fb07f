// Keeps the screen lit while the door is open, where the browser allows it.

/** Hold a wake lock; it is lost whenever the page is hidden, so it is taken again. */
export function stayAwake() {
  if (!("wakeLock" in navigator)) return;
  const hold = () => {
    if (document.visibilityState !== "visible") return;
    navigator.wakeLock.request("screen").catch(() => {
      // Low battery or the system's own choice: the screen may go dark, scanning goes on.
    });
  };
  document.addEventListener("visibilitychange", hold);
  hold();
}
