// Shows a question only where it is asked. The server decides anew what is asked; without a script
// every question stands there, and an answer to one that is not asked is dropped.

const valuesOf = (form, name) =>
  [...form.querySelectorAll(`[name="${CSS.escape(name)}"]`)]
    .filter((control) => !control.disabled)
    .filter((control) => !["radio", "checkbox"].includes(control.type) || control.checked)
    .map((control) => control.value);

function isAsked(form, part) {
  const { categories, depends, answer } = part.dataset;
  const category = form.dataset.category ?? valuesOf(form, "category")[0] ?? "";
  if (categories && !categories.split(" ").includes(category)) return false;
  const names = [depends, `${form.dataset.prefix ?? ""}${depends}`];
  return !depends || names.flatMap((name) => valuesOf(form, name)).some((value) => answer.split(" ").includes(value));
}

function show(form, parts) {
  // In the order of the page twice, for one question may wait for another that follows it.
  for (let round = 0; round < 2; round += 1) {
    for (const part of parts) {
      const asked = isAsked(form, part);
      part.hidden = !asked;
      part.querySelectorAll("input, select, textarea").forEach((control) => { control.disabled = !asked; });
    }
  }
}

document.querySelectorAll("[data-conditions]").forEach((form) => {
  const parts = [...form.querySelectorAll("[data-categories], [data-depends]")];
  form.addEventListener("change", () => show(form, parts));
  show(form, parts);
});
