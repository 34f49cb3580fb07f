// Who waits before the curtain sees it rise: the page asks again at the announced second.
// The server says how long that is, for the reader's clock may be wrong.

const LONGEST = 2 ** 31 - 1; // milliseconds that a timer can wait
const curtain = document.querySelector("[data-opens-in]");
const wait = Number(curtain?.dataset.opensIn ?? 0) * 1000;
if (wait > 0 && wait < LONGEST) setTimeout(() => window.location.reload(), wait + 250);
