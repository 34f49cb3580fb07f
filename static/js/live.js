// A page that shows this minute: it asks again by itself, and says so when it cannot.

const part = () => document.querySelector("[data-live]");

async function refresh() {
  if (document.hidden) return;
  try {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
    if (!answer.ok) throw new Error(String(answer.status));
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-live]");
    if (!fresh) throw new Error("another page");
    const focused = document.activeElement?.getAttribute?.("href");
    part().replaceWith(fresh);
    if (focused) part().querySelector(`a[href="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
  } catch {
    part().querySelector("[data-live-lost]").hidden = false;
  }
}

setInterval(refresh, 1000 * Number(part().dataset.live));
document.addEventListener("visibilitychange", refresh);
window.addEventListener("online", refresh);
