// The door: camera, USB scanner, typed code and name search lead to one scan, one verdict.

import { Api, Outcome } from "./scanner/api.js";
import { stayAwake } from "./scanner/awake.js";
import { Camera, CameraTrouble, Watch } from "./scanner/camera.js";
import { Delivery } from "./scanner/delivery.js";
import { deviceToken, recall, remember } from "./scanner/device.js";
import { nextSequence, scanId } from "./scanner/ids.js";
import { keepPage } from "./scanner/keeping.js";
import { Outbox, State } from "./scanner/outbox.js";
import { openReader } from "./scanner/reader.js";
import { Recent } from "./scanner/recent.js";
import { Roll } from "./scanner/roll.js";
import { Search } from "./scanner/search.js";
import { Sound } from "./scanner/sound.js";
import { openStore } from "./scanner/store.js";
import { Verdict, present, presentOwn } from "./scanner/verdict.js";
import { listenForWedge } from "./scanner/wedge.js";
import { Words } from "./scanner/words.js";

const THEME = "eventapp.door.theme";
const AHEAD = "eventapp.door.ahead";
const ADMIT_TIMEOUT_MS = 6000;
const COUNT_TIMEOUT_MS = 4000;
// Also how the strip learns that the connection went before anybody stands there.
const COUNT_EVERY_MS = 20_000;
const COUNT_SOON_MS = 400;
const DOOR_LIST_TIMEOUT_MS = 4000;
// Whoever is found by name has no badge in hand, and these are of no use any more.
const BADGE_WORTHLESS = new Set(["revoked", "expired"]);
const TURNED_AWAY = new Set(["place-released", "session-full", "not-eligible", "waiting"]);

const root = document.querySelector("[data-door]");
const part = (name) => root.querySelector(`[data-${name}]`);
const setup = root.dataset;
// A rehearsal leaves nothing behind: no scan on the disk, nobody inside on the device's list.
const practising = "practice" in setup;
const language = document.documentElement.lang || "pl";
const wide = matchMedia("(min-width: 60rem)");

const words = new Words(part("words"), { language, timeZone: setup.timezone, now: setup.now });
const api = new Api({
  csrf: document.querySelector('meta[name="csrf-token"]')?.content,
  // A steward who is signed in acts by that, also on a phone that was paired once.
  token: "device" in setup ? deviceToken(setup.event) : null,
  language,
});
const sound = new Sound();
const verdict = new Verdict(part("verdict"), part("live"));
const camera = new Camera(part("video"), () => {
  camera.stop();
  explain("busy");
});
const recent = new Recent({
  list: part("recent"),
  empty: part("recent-empty"),
  row: part("scan-row"),
  words,
  onUndo: undo,
  onAdmit: askToAdmit,
  onBadge: printBadge,
  onDismiss: dismiss,
});
const search = new Search({
  form: part("search"),
  input: part("search-input"),
  list: part("people"),
  note: part("search-note"),
  row: part("person-row"),
  api,
  url: setup.peopleUrl,
  words,
  onPick: (person) => inTurn(() => scan({ registration: person.registration }, person.name)),
});

// What was scanned on this page, so that it can be undone or let in after all.
const scans = new Map();
let delivery;
let roll;
let reader;
let watch;
let turn = Promise.resolve();
let busy = false;
let counting;

// ---------------------------------------------------------------- one scan

/** Do *act* after whatever is under way: a USB scanner is faster than a slow network. */
function inTurn(act) {
  turn = turn.then(act).catch((error) => console.error(error));
  return turn;
}

async function scan(subject, name = "") {
  const entry = newEntry(subject, name);
  busy = true;
  root.toggleAttribute("data-checking", true);
  try {
    const result = await delivery.send(entry, practising ? undefined : decideHere);
    tell(entry, viewOf(entry, result), entry.own ? { ...result, answer: entry.own } : result);
    if (result.outcome === Outcome.ANSWERED && !practising) {
      await roll.noteAnswer(subject.code, result.answer, entry.at + words.ahead);
    }
  } finally {
    busy = false;
    root.toggleAttribute("data-checking", false);
  }
}

function newEntry(subject, name) {
  const at = Date.now();
  const id = scanId();
  const seq = nextSequence();
  const fixed = { direction: direction(), scanned_at: new Date(at).toISOString(), seq, mode: "online" };
  const body = { scan_id: id, ...subject, ...fixed };
  // Tells one nameless badge from another in the list.
  const tail = (subject.code ?? "").slice(-4);
  return { id, kind: "scan", url: setup.scansUrl, body, at, seq, name, tail, state: State.WAITING, answer: null };
}

/** The server did not answer in time: this device's list decides, and that is what happened. */
async function decideHere(entry) {
  const { code, direction } = entry.body;
  const at = entry.at + words.ahead;
  const found = await roll.judge(code, direction, at).catch((error) => console.warn("No list:", error));
  if (!found) return;
  const { hash, unlisted, alone, ...answer } = found;
  const sentence = unlisted || alone ? listText(alone) : words.say(`sentence-${answer.code}`);
  entry.own = { scan_id: entry.id, sentence, conflict: null, ...answer };
  Object.assign(entry, { hash, alone, said: answer.code, door: setup.scansUrl, moment: at });
  entry.name = answer.registration?.name ?? entry.name;
  Object.assign(entry.body, { mode: "offline", said: answer.code });
  if (hash) await roll.noteMove(hash, answer.code, at, "", alone);
}

/** Say that a badge is not on this device's list; if it is signed, that it is valid all the same. */
function listText(alone) {
  const kind = alone ? "signed" : "unlisted";
  const time = roll.list ? words.ownTime(roll.list.asOf) : "";
  return words.say(time ? `sentence-${kind}` : `sentence-${kind}-bare`, { time });
}

function direction() {
  return root.querySelector('input[name="direction"]:checked')?.value ?? "entry";
}

function viewOf(entry, { outcome, answer, status }) {
  if (outcome === Outcome.ANSWERED) return present(answer, entry.body.direction, words);
  if (entry.own && outcome !== Outcome.ANSWERED) return presentHere(entry);
  if (outcome === Outcome.UNREACHABLE) {
    return presentOwn("wait", status === 429 ? "rate-limited" : "queued", words, entry.name);
  }
  if (answer?.scan_id) return present(answer, entry.body.direction, words);
  return presentOwn("stop", troubleCode(outcome, status, answer), words, entry.name);
}

/** What this device decided itself, with a word that it waits to be sent. */
function presentHere({ own, body, alone }) {
  const view = present(own, body.direction, words);
  // Nobody's name and no seat is known of it: a "yes" to look at twice.
  const doubt = alone && view.tone === "ok" ? { tone: "warn", lines: [own.sentence] } : {};
  return { ...view, ...doubt, waits: words.say("sentence-decided-here") };
}

function troubleCode(outcome, status, answer) {
  if (words.has(`word-${answer?.code}`)) return answer.code;
  if (outcome !== Outcome.DENIED) return "refused";
  return status === 403 ? "forbidden-checkpoint" : "signed-out";
}

function tell(entry, view, { outcome, answer }) {
  performance.mark("door:verdict", { detail: view.code });
  const bare = Boolean(entry.body?.registration) || BADGE_WORTHLESS.has(answer?.code);
  verdict.show(view, { admit: mayAdmit(outcome, answer), badge: bare && mayPrint(outcome, answer) });
  sound.play(view.tone);
  count(answer?.counters);
  const waits = outcome !== Outcome.ANSWERED;
  scans.set(entry.id, { id: entry.id, at: entry.at, tail: entry.tail, view, answer, waits });
  verdict.element.dataset.scan = entry.id;
  recent.add(scans.get(entry.id), abilities(outcome, answer));
  search.refresh();
  if (!setup.doorListUrl || !TURNED_AWAY.has(answer?.code) || !answer.registration) return;
  if (waits) verdict.tell(words.say("door-list-offline"));
  else askDoorList(entry.id, answer.registration.id);
}

function mayAdmit(outcome, answer) {
  const known = answer?.registration && answer.status === "error";
  return "lead" in setup && outcome !== Outcome.DENIED && Boolean(known);
}

/** Whether a badge can be printed again from here: by the lead, for somebody whom the server named. */
function mayPrint(outcome, answer) {
  return Boolean(setup.badgeUrl && outcome === Outcome.ANSWERED && answer?.registration);
}

function printBadge(id) {
  const { registration } = scans.get(id).answer;
  location.assign(setup.badgeUrl.replace("/0?", `/${registration.id}?`));
}

function abilities(outcome, answer) {
  const can = [];
  const written = answer ? answer.status === "ok" : outcome === Outcome.UNREACHABLE;
  if (written) can.push("undo");
  if (mayAdmit(outcome, answer)) can.push("admit");
  if (mayPrint(outcome, answer)) can.push("badge");
  return can;
}

/** Show *counters*, else ask for them: other doors change them too. */
function count(counters) {
  clearTimeout(counting);
  showNowOn();
  counting = setTimeout(recount, counters ? COUNT_EVERY_MS : COUNT_SOON_MS);
  if (!counters) return;
  part("inside").textContent = counters.inside;
  part("expected").textContent = counters.expected ?? "–";
  if (counters.now) {
    words.now = counters.now;
    remember(AHEAD, String(words.ahead));
  }
  if (counters.conflicts !== undefined) showConflicts(counters.conflicts);
}

/** One gate serves several sessions: when this one is not on and another is, say so. */
function showNowOn() {
  const options = [...(root.querySelector("[data-points]")?.options ?? [])];
  const now = Date.now() + words.ahead;
  const isOn = ({ dataset: { from, until } }) => Date.parse(from) <= now && now < Date.parse(until);
  const own = options.find((option) => option.defaultSelected);
  const other = own?.dataset.from && !isOn(own) ? options.find(isOn) : null;
  part("now-on").hidden = !other;
  if (!other) return;
  part("now-on").textContent = words.say("now-on", { name: other.textContent });
  part("now-on").href = other.value;
}

function showConflicts(count) {
  part("conflicts").hidden = count === 0;
  part("conflicts").textContent = words.say("conflicts-open", { count });
}

async function recount() {
  const hidden = document.visibilityState !== "visible";
  const result = hidden ? null : await api.get(setup.countersUrl, COUNT_TIMEOUT_MS);
  const known = result?.outcome === Outcome.ANSWERED ? result.answer : null;
  if (known) return count(known);
  counting = setTimeout(recount, COUNT_EVERY_MS);
}

// ------------------------------------------------- at a session's door: who can have a place

/** Somebody was turned away: say whether there is a place for them, and let the lead give it. */
async function askDoorList(id, registration) {
  const url = setup.doorListUrl.replace(/0$/, registration);
  const { outcome, answer } = await api.get(url, DOOR_LIST_TIMEOUT_MS);
  if (outcome !== Outcome.ANSWERED || verdict.element.dataset.scan !== id || !verdict.shown) return;
  verdict.tell(answer.sentence, { seat: answer.may_seat });
}

async function giveSeat(id) {
  const { answer, view } = scans.get(id);
  const url = `${setup.doorListUrl.replace(/0$/, answer.registration.id)}/seat`;
  const result = await api.post(url, {}, ADMIT_TIMEOUT_MS);
  if (result.outcome !== Outcome.ANSWERED) {
    return verdict.tell(result.answer?.detail ?? words.say("admit-failed"));
  }
  return inTurn(() => scan({ registration: answer.registration.id }, view.name));
}

// ------------------------------------------------- afterwards: undo, admit

async function undo(id) {
  const at = Date.now();
  const url = `${setup.scansUrl}/${id}/undo`;
  const entry = { id: `${id}/undo`, kind: "undo", url, body: {}, at, seq: nextSequence(), state: State.WAITING };
  const result = await delivery.send(entry);
  count(result.answer?.counters);
  relabel(id, { undone: Outcome.ANSWERED, "undo-waits": Outcome.UNREACHABLE }, result);
  search.refresh();
}

function relabel(id, keys, { outcome, answer }) {
  const known = scans.get(id);
  const key = Object.keys(keys).find((name) => keys[name] === outcome) ?? "undo-refused";
  const own = presentOwn("wait", key, words, known.view.name);
  if (answer?.detail && outcome === Outcome.REFUSED) own.lines = [answer.detail];
  known.view = outcome === Outcome.REFUSED ? { ...known.view, tone: "warn", lines: own.lines } : own;
  recent.change(known);
  part("polite").textContent = `${own.word} ${known.view.name}`.trim();
}

function askToAdmit(id) {
  const dialog = part("admit-dialog");
  dialog.dataset.scan = id;
  part("admit-name").textContent = scans.get(id).view.name;
  part("admit-reason").value = "";
  part("admit-error").hidden = true;
  verdict.hide();
  dialog.showModal();
}

async function admit(event) {
  event.preventDefault();
  const id = part("admit-dialog").dataset.scan;
  const reason = part("admit-reason").value.trim();
  if (!reason) return part("admit-reason").focus();
  const url = `${setup.scansUrl}/${id}/admit`;
  const admission = { id: `${id}/admit`, kind: "admit", url, body: { reason }, at: Date.now(), seq: nextSequence(), state: State.WAITING };
  const waits = scans.get(id).waits;
  const result = waits
    ? await delivery.send(admission)
    : await api.post(url, { reason }, ADMIT_TIMEOUT_MS);
  if (waits && result.outcome !== Outcome.ANSWERED) return admittedHere(id);
  if (result.outcome !== Outcome.ANSWERED) {
    part("admit-error").textContent = result.answer?.detail ?? words.say("admit-failed");
    part("admit-error").hidden = false;
    return;
  }
  part("admit-dialog").close();
  const known = scans.get(id);
  recent.change(known);
  // The admission is a scan of its own, with its own way back.
  const entry = { ...known, id: result.answer.scan_id ?? id, at: Date.now() };
  tell(entry, present(result.answer, "entry", words), result);
}

/** The lead let somebody in without a network: the scan goes first, the admission behind it. */
function admittedHere(id) {
  part("admit-dialog").close();
  const known = scans.get(id);
  const answer = { ...known.answer, code: "ok", status: "ok", presence: "present", first: null };
  tell({ ...known, id: `${id}/admit` }, presentHere({ own: answer, body: { direction: "entry" } }), {
    outcome: Outcome.UNREACHABLE,
    answer,
  });
}

function dismiss(id) {
  recent.remove(id);
  return delivery.dismiss(id);
}

// ------------------------------------------------------- link and outbox

function showLink({ reached, denied, revoked }) {
  const online = reached && navigator.onLine !== false;
  const link = denied ? (revoked ? "revoked" : "denied") : online ? "online" : "offline";
  part("link").dataset.link = link;
  part("link-word").textContent = words.say(`link-${link}`);
}

/** How old the list is by which this device would decide. */
function showList(list) {
  root.toggleAttribute("data-listed", Boolean(list));
  part("list").hidden = !list;
  part("list").textContent = list ? words.say("list-as-of", { time: words.ownTime(list.asOf) }) : "";
}

function showQueue({ waiting, refused, unsaved }) {
  part("unsaved").hidden = unsaved === 0;
  part("unsaved").textContent = words.say("queue-unsaved", { count: unsaved });
  part("queue").dataset.counted = "";
  part("queue").hidden = waiting === 0;
  part("queue").textContent = words.say("queue", { count: waiting });
  part("refused").hidden = refused === 0;
  part("refused").textContent = words.say("queue-refused", { count: refused });
}

/** An entry was answered while nobody waited for it: the list and the strip say so. */
function settleLate({ entry, result }) {
  count(result.answer?.counters);
  if (entry.kind === "undo") return undoSettled(entry, result);
  if (entry.kind === "admit") return admissionSettled(entry, result);
  const known = { id: entry.id, at: entry.at, tail: entry.tail, view: viewOf(entry, result), answer: result.answer };
  scans.set(entry.id, known);
  const late = known.view.tone === "stop" ? ["dismiss"] : [];
  recent.change(known, [...abilities(result.outcome, result.answer), ...late]);
  if (known.view.tone === "stop" || result.answer?.conflict) sound.play("warn");
}

function admissionSettled(entry, result) {
  const known = scans.get(entry.id) ?? { id: entry.id, at: entry.at, tail: "", answer: null };
  const view = viewOf({ ...entry, body: { direction: "entry" } }, result);
  scans.set(entry.id, { ...known, view, answer: result.answer, waits: false });
  recent.change(scans.get(entry.id), view.tone === "stop" ? ["dismiss"] : []);
}

function undoSettled(entry, result) {
  const id = entry.id.replace(/\/undo$/, "");
  if (scans.has(id)) relabel(id, { undone: Outcome.ANSWERED }, result);
}

/** List what an earlier visit left in the outbox. */
async function listKept() {
  for (const entry of await delivery.outbox.all()) {
    if (entry.kind !== "scan") continue;
    const waits = entry.state === State.WAITING;
    const outcome = waits ? Outcome.UNREACHABLE : entry.answer?.scan_id ? Outcome.ANSWERED : Outcome.REFUSED;
    const view = viewOf(entry, { outcome, answer: entry.answer });
    const answer = entry.answer ?? entry.own ?? null;
    scans.set(entry.id, { id: entry.id, at: entry.at, tail: entry.tail, view, answer, waits });
    recent.add(scans.get(entry.id), [waits ? "undo" : "dismiss"]);
  }
}

// ---------------------------------------------------------------- camera

async function startCamera() {
  part("missing").hidden = true;
  try {
    await camera.start();
    performance.mark("door:camera");
    root.dataset.camera = "on";
    await showCameraTools();
    look();
  } catch (error) {
    if (!(error instanceof CameraTrouble)) throw error;
    explain(error.kind);
  }
}

function explain(kind) {
  root.dataset.camera = "off";
  part("missing").hidden = false;
  part("missing-title").textContent = words.say(`missing-${kind}`);
  part("missing-help").textContent = words.say(`missing-${kind}-help`);
  part("retry").hidden = kind === "insecure" || kind === "unsupported";
}

async function showCameraTools() {
  part("torch").hidden = !camera.hasTorch;
  const choices = await camera.choices();
  const select = part("cameras");
  const named = choices.map(({ id, label }, index) => new Option(label || `${words.say("camera")} ${index + 1}`, id));
  select.replaceChildren(...named);
  select.value = camera.chosen ?? "";
  select.closest("label").hidden = choices.length < 2;
}

/** Look for badges only while the picture is on the screen. */
function look() {
  const visible = wide.matches || root.dataset.view === "camera";
  if (watch && camera.running && visible) watch.start();
  else watch?.stop();
}

function onBadge(text) {
  if (busy || verdict.holds || part("admit-dialog").open) return false;
  performance.mark("door:decoded");
  inTurn(() => scan({ code: text }));
  return true;
}

async function readPhoto(event) {
  const [file] = event.target.files;
  event.target.value = "";
  if (!file) return;
  note("photo-reading");
  const text = await inspected(file);
  note(text ? "" : "photo-empty");
  if (text) inTurn(() => scan({ code: text }));
}

async function inspected(file) {
  try {
    return await (await reader).inspect(file);
  } catch (error) {
    console.warn("The photograph could not be read:", error);
    return null;
  }
}

function note(key) {
  part("photo-note").textContent = key ? words.say(key) : "";
}

// ------------------------------------------------------------------ page

function setView(view) {
  root.dataset.view = view;
  for (const tab of root.querySelectorAll("[data-tab]")) {
    if (tab.dataset.tab === view) tab.setAttribute("aria-current", "true");
    else tab.removeAttribute("aria-current");
  }
  look();
  const field = { search: "search-input", code: "code-input" }[view];
  if (field && !wide.matches) part(field).focus();
}

function sendTyped(event) {
  event.preventDefault();
  const code = part("code-input").value.trim();
  if (!code) return part("code-input").focus();
  part("code-input").value = "";
  inTurn(() => scan({ code }));
}

function showSound() {
  const key = sound.muted ? "sound-off" : sound.open ? "sound-on" : "sound-closed";
  part("sound").dataset.sound = key;
  part("sound").setAttribute("aria-label", words.say(key));
  part("sound").title = words.say(key);
}

/** The first touch or key anywhere opens the sound, as browsers ask. */
async function unlockSound(event) {
  if (sound.open || event.target.closest?.("[data-sound]")) return;
  // Opening takes long enough to swallow keys of a USB scanner, so it waits for its end.
  if (event.type === "keydown") await pause(400);
  await sound.unlock();
  showSound();
}

function pause(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

async function toggleSound() {
  if (sound.muted || sound.open) sound.mute(!sound.muted);
  await sound.unlock();
  showSound();
  sound.play("ok");
}

/** Dark is for halls; in the sun a bright page is read more easily. */
function setTheme(theme) {
  document.documentElement.dataset.theme = theme;
  remember(THEME, theme);
}

function toggleTheme() {
  setTheme(document.documentElement.dataset.theme === "light" ? "dark" : "light");
}

async function toggleTorch() {
  const on = part("torch").getAttribute("aria-pressed") !== "true";
  await camera.torch(on);
  part("torch").setAttribute("aria-pressed", String(on));
}

function listen() {
  for (const tab of root.querySelectorAll("[data-tab]")) {
    tab.addEventListener("click", () => setView(tab.dataset.tab));
  }
  // A page that comes back from the browser's memory shows where it is, not where one went.
  part("points")?.addEventListener("change", ({ target }) => {
    const { value } = target;
    target.value = [...target.options].find((option) => option.defaultSelected).value;
    location.assign(value);
  });
  part("code").addEventListener("submit", sendTyped);
  part("photo").addEventListener("change", readPhoto);
  part("retry").addEventListener("click", startCamera);
  part("torch").addEventListener("click", toggleTorch);
  part("sound").addEventListener("click", toggleSound);
  part("theme-toggle").addEventListener("click", toggleTheme);
  part("cameras").addEventListener("change", async (event) => {
    await camera.choose(event.target.value);
    await showCameraTools();
  });
  part("verdict-admit").addEventListener("click", () => askToAdmit(verdict.element.dataset.scan));
  part("verdict-badge").addEventListener("click", () => printBadge(verdict.element.dataset.scan));
  part("verdict-seat").addEventListener("click", () => giveSeat(verdict.element.dataset.scan));
  part("admit-form").addEventListener("submit", admit);
  part("admit-cancel").addEventListener("click", () => part("admit-dialog").close());
  for (const name of ["pointerdown", "keydown"]) document.addEventListener(name, unlockSound);
  wide.addEventListener("change", look);
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") startCamera();
    else camera.stop();
  });
  listenForWedge((code) => {
    part("admit-dialog").close();
    inTurn(() => scan({ code }));
  });
}

async function openDoor() {
  // A page that was kept names an old moment; how far the clock goes wrong is remembered.
  if (kept()) words.ahead = Number(recall(AHEAD)) || 0;
  listen();
  setTheme(recall(THEME) ?? "dark");
  showSound();
  setView(setup.view ?? "camera");
  reader = openReader();
  reader.then(
    (opened) => {
      root.dataset.reader = opened.name;
      watch = new Watch(camera.video, opened, onBadge);
      look();
    },
    (error) => console.error("No reader:", error),
  );
  const database = practising ? null : await openStore();
  const outbox = new Outbox(database);
  const day = (at) => words.day(at);
  roll = new Roll({ database, api, url: setup.listUrl, door: setup.scansUrl, day, outbox, bare: JSON.parse(setup.bare) });
  roll.addEventListener("list", ({ detail }) => showList(detail));
  delivery = new Delivery(outbox, api);
  delivery.addEventListener("link", ({ detail }) => showLink(detail));
  delivery.addEventListener("queue", ({ detail }) => showQueue(detail));
  delivery.addEventListener("settled", ({ detail }) => settleLate(detail));
  for (const name of ["online", "offline"]) {
    addEventListener(name, () => showLink({ reached: navigator.onLine, denied: false, revoked: false }));
  }
  showLink({ reached: true, denied: false, revoked: false });
  await listKept();
  delivery.start();
  if (!practising) roll.start().catch((error) => console.warn("No list:", error));
  count(null);
  stayAwake();
  root.dataset.ready = "";
  await startCamera();
  if (setup.workerUrl && (await keepPage(setup.workerUrl))) root.dataset.kept = "";
}

/** Whether this page came from the device and not from the server, as far as can be told. */
function kept() {
  const [visit] = performance.getEntriesByType("navigation");
  return Boolean(visit?.workerStart) && recall(AHEAD) !== null;
}

openDoor();
