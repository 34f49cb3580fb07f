// Number keys on the scoring desk: 0–9 give that many points, a quick "1" then "0" gives ten;
// the focus goes on to the next criterion. The radio buttons work without this file.

const steps = [...document.querySelectorAll("[data-score]")];
const PAUSE = 450; // milliseconds in which a second digit still belongs to the first

function give(step, points) {
  const radio = step.querySelector(`input[value="${points}"]`);
  if (!radio) return false;
  radio.checked = true;
  radio.dispatchEvent(new Event("change", { bubbles: true }));
  radio.focus({ preventScroll: true });
  return true;
}

function follow(step) {
  const next = steps[steps.indexOf(step) + 1];
  const radio = next?.querySelector("input:checked") ?? next?.querySelector("input");
  radio?.focus({ preventScroll: true });
  next?.scrollIntoView({ block: "nearest" });
}

steps.forEach((step) => {
  let timer = 0;
  step.addEventListener("change", () => step.classList.add("score--done"));
  step.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !/^\d$/.test(event.key)) return;
    event.preventDefault();
    const begun = timer !== 0;
    clearTimeout(timer);
    timer = 0;
    if (begun && event.key === "0" && give(step, 10)) return follow(step);
    if (!give(step, Number(event.key))) return;
    if (event.key !== "1") return follow(step);
    timer = setTimeout(() => { timer = 0; follow(step); }, PAUSE);
  });
});

// The card saves itself as one goes. Without this file the button does the same.

const card = document.querySelector("form[data-card][data-writable='true']");
if (card) keepSaved(card);

function keepSaved(form) {
  const criteria = JSON.parse(form.dataset.criteria);
  const saved = document.querySelector("[data-saved]");
  const total = form.querySelector("[data-total]");
  const warning = form.querySelector("[data-warning]");
  const points = new Intl.NumberFormat(form.dataset.lang, { minimumFractionDigits: 2, maximumFractionDigits: 2 });
  const waits = [1000, 2000, 5000, 15000]; // milliseconds until the next try
  let timer = 0;
  let failures = 0;
  let dirty = false;
  let sending = null;
  let closed = false;

  function scores() {
    const given = {};
    for (const criterion of criteria) {
      const radio = form.querySelector(`input[name="score-${CSS.escape(criterion.id)}"]:checked`);
      if (radio) given[criterion.id] = Number(radio.value);
    }
    return given;
  }

  function showTotal() {
    const given = scores();
    const whole = criteria.every((criterion) => criterion.id in given || !criterion.required);
    if (!whole || !Object.keys(given).length) {
      total.textContent = "–";
      return;
    }
    let sum = 0;
    let weights = 0;
    for (const { id, weight, min, max } of criteria) {
      if (!(id in given)) continue;
      sum += Number(weight) * 100 * (given[id] - min) / (max - min);
      weights += Number(weight);
    }
    total.textContent = points.format(sum / weights);
  }

  function tell(text) {
    saved.textContent = text;
  }

  function warn(text) {
    warning.hidden = !text;
    warning.querySelector("[data-warning-text]").textContent = text ?? "";
  }

  function request(keepalive) {
    return fetch(form.action, {
      method: "POST",
      keepalive,
      headers: {
        "Content-Type": "application/json",
        Accept: "application/json",
        "X-CSRFToken": form.elements.csrf_token.value,
      },
      body: JSON.stringify({
        scores: scores(),
        comment: form.elements.comment.value,
        version: Number(form.elements.version.value),
      }),
    });
  }

  async function send() {
    clearTimeout(timer);
    dirty = false;
    tell(form.dataset.saving);
    let answer;
    try {
      answer = await request(false);
    } catch {
      return again();
    }
    const type = answer.headers.get("Content-Type") ?? "";
    const body = type.includes("json") ? await answer.json() : {};
    if (answer.ok) return done(body);
    if (answer.status >= 500 || answer.status === 429) return again();
    // A refusal: what it says will not change by trying again.
    closed = true;
    tell("");
    warn(body.detail ?? form.dataset.failed);
    return false;
  }

  function done(body) {
    failures = 0;
    form.elements.version.value = body.version;
    tell(body.saved);
    if (!dirty) total.textContent = body.total;
    if (body.warning) warn(body.warning);
    return true;
  }

  function again() {
    dirty = true;
    tell(form.dataset.failed);
    timer = setTimeout(save, waits[Math.min(failures, waits.length - 1)]);
    failures += 1;
    return false;
  }

  // One letter at a time: a card sent while another is on its way would look like two windows.
  async function save() {
    if (sending) {
      await sending;
      if (!dirty) return true;
    }
    sending = send();
    const kept = await sending;
    sending = null;
    return kept;
  }

  function soon(pause) {
    if (closed) return;
    dirty = true;
    clearTimeout(timer);
    timer = setTimeout(save, pause);
  }

  form.addEventListener("change", (event) => {
    if (!event.target.matches("input[type='radio']")) return;
    showTotal();
    soon(300);
  });
  form.elements.comment.addEventListener("input", () => soon(1200));
  form.addEventListener("submit", () => { clearTimeout(timer); dirty = false; });
  window.addEventListener("pagehide", () => { if (dirty && !closed) request(true); });

  document.querySelectorAll("[data-onwards]").forEach((button) =>
    button.addEventListener("click", async (event) => {
      event.preventDefault();
      if ((dirty || sending) && !closed && !(await save())) return;
      dirty = false;
      window.location.assign(button.dataset.onwards);
    }));
}
