// A rehearsal that somebody forgot ends by itself: guests must not be scanned by it.

const band = document.querySelector("[data-practice-seconds]");
const patience = Number(band.dataset.practiceSeconds) * 1000;
let end;

/** Begin to wait anew: whoever touches the page is still rehearsing. */
function wait() {
  clearTimeout(end);
  end = setTimeout(() => location.assign(band.dataset.practiceDoor), patience);
}

for (const name of ["pointerdown", "keydown"]) document.addEventListener(name, wait);
wait();
