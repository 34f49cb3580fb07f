// Which view of the day comes, before anything is drawn: the list need not be laid out where the
// timetable takes its place. planner.js, or the end of loading without it, lifts this again.
(() => {
  const root = document.documentElement;
  let chosen = null;
  try { chosen = localStorage.getItem("plan-view"); } catch { /* a browser that keeps nothing */ }
  if (chosen === "list" || !matchMedia("(min-width: 64rem)").matches) return;
  root.dataset.plan = "board";
  addEventListener("load", () => { delete root.dataset.plan; });
})();
