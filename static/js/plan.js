// Planning: a session that starts later ends later; how long it takes stays. In a line of topics
// each one behind a comma is suggested anew.

const MINUTE = 60_000;
const typed = (input) => (input?.value ? Date.parse(`${input.value}Z`) : NaN);
const shown = (moment) => new Date(moment).toISOString().slice(0, 16);

const starts = document.querySelector("[data-starts]");
const ends = document.querySelector("[data-ends]");
if (starts && ends) {
  let length = typed(ends) - typed(starts);
  ends.addEventListener("change", () => { length = typed(ends) - typed(starts); });
  starts.addEventListener("change", () => {
    if (length >= MINUTE && !Number.isNaN(typed(starts))) ends.value = shown(typed(starts) + length);
  });
}

const listed = document.querySelector("[data-listed]");
if (listed?.list) {
  const options = [...listed.list.options];
  const names = options.map((option) => option.value);
  listed.addEventListener("input", () => {
    const before = listed.value.slice(0, listed.value.lastIndexOf(",") + 1);
    options.forEach((option, place) => { option.value = before ? `${before} ${names[place]}` : names[place]; });
  });
}
