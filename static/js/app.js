// Small courtesies on every page. Everything they touch also works without them.

const each = (selector, act) => document.querySelectorAll(selector).forEach(act);

// Theme: light, dark or as the device says; theme.js applies it before the next page paints.
function chooseTheme(choice) {
  const root = document.documentElement;
  if (choice === "auto") delete root.dataset.theme;
  else root.dataset.theme = choice;
  try {
    if (choice === "auto") localStorage.removeItem("theme");
    else localStorage.setItem("theme", choice);
  } catch { /* a browser that keeps nothing: the choice lasts for this page */ }
  markTheme();
}

function markTheme() {
  const now = document.documentElement.dataset.theme ?? "auto";
  each("[data-theme-choice]", (button) =>
    button.setAttribute("aria-pressed", String(button.dataset.themeChoice === now)));
}

if (!document.documentElement.hasAttribute("data-theme-fixed")) {
  each("[data-theme-switch]", (part) => { part.hidden = false; });
  each("[data-theme-choice]", (button) =>
    button.addEventListener("click", () => chooseTheme(button.dataset.themeChoice)));
  markTheme();
}

// Menus close on Escape and on a click elsewhere.
document.addEventListener("click", (event) =>
  each("[data-menu][open]", (menu) => { if (!menu.contains(event.target)) menu.open = false; }));
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  each("[data-menu][open]", (menu) => { menu.open = false; menu.querySelector("summary").focus(); });
});

// A form with errors opens on their list.
document.querySelector("[data-errors]")?.focus();

// A select or checkbox that is its own question (a filter) sends its form at once.
each("[data-autosubmit]", (form) => form.addEventListener("change", () => form.requestSubmit()));

// Bulk bar (whose boxes may be called "id", which then hides the form's own): counts the ticked rows, ticks a whole page, and shows itself when there is something; a steady one always stands there.
each("[data-bulk]", (bar) => {
  const boxes = [...document.querySelectorAll(`[data-pick][form="${bar.getAttribute("id")}"]`)];
  const all = document.querySelector("[data-pick-all]");
  const refresh = () => {
    const ticked = boxes.filter((box) => box.checked).length;
    bar.querySelector("[data-bulk-count]").textContent = String(ticked);
    bar.classList.toggle("bulk--idle", ticked === 0 && bar.dataset.bulk !== "steady");
    if (all) {
      all.checked = ticked > 0 && ticked === boxes.length;
      all.indeterminate = ticked > 0 && ticked < boxes.length;
    }
  };
  boxes.forEach((box) => box.addEventListener("change", refresh));
  all?.addEventListener("change", () => {
    boxes.forEach((box) => { box.checked = all.checked; });
    refresh();
  });
  refresh();
});

// The programme's "now": marks what runs and draws a line at its place.
function showNow() {
  const now = Date.now();
  const within = (part) => Date.parse(part.dataset.starts) <= now && now < Date.parse(part.dataset.ends);
  each(".session[data-starts]", (card) => card.classList.toggle("session--now", within(card)));
  each(".timetable__row", (row) => {
    const from = Date.parse(row.dataset.starts);
    const share = (now - from) / (Date.parse(row.dataset.ends) - from);
    row.classList.toggle("timetable__row--now", within(row));
    row.dataset.now = row.closest("[data-timetable]").dataset.timetable;
    if (within(row)) row.style.setProperty("--now", `${(share * 100).toFixed(1)}%`);
  });
}
if (document.querySelector("[data-timetable]")) {
  showNow();
  setInterval(showNow, 60_000);
}

each("[data-print]", (button) => button.addEventListener("click", () => print()));

// What is made to be taken along goes to the clipboard; without a script it can be marked by hand.
if (navigator.clipboard) {
  each("[data-copy-part]", (part) => { part.hidden = false; });
  each("[data-copy]", (button) => button.addEventListener("click", async () => {
    const text = document.getElementById(button.dataset.copy);
    await navigator.clipboard.writeText(text.value ?? text.textContent);
    button.querySelector("span").firstChild.textContent = button.dataset.copied;
  }));
}
