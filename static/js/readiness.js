// The evening before: the device measures itself, the server judges and keeps it for the lead.

import { deviceToken } from "./scanner/device.js";
import { Sound } from "./scanner/sound.js";

const DATABASE = "eventapp-door";
const MEGABYTE = 1_000_000;

const root = document.querySelector("[data-readiness]");
const part = (name) => root.querySelector(`[data-${name}]`);
const note = part("note");

/** The camera opens and shows at least one frame's size. */
async function camera() {
  try {
    const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
    const works = stream.getVideoTracks().some((track) => track.readyState === "live");
    for (const track of stream.getTracks()) track.stop();
    return works;
  } catch {
    return false;
  }
}

/** A tone, and the word of the person who should have heard it. */
async function heard() {
  const sound = new Sound();
  await sound.unlock();
  if (!sound.open) return false;
  sound.muted = false;
  sound.play("ok");
  part("heard").hidden = false;
  part("heard").querySelector("button").focus();
  return new Promise((resolve) => {
    part("heard").addEventListener("click", (event) => {
      const answer = event.target.closest("[data-answer]")?.dataset.answer;
      if (!answer) return;
      part("heard").hidden = true;
      resolve(answer === "yes");
    });
  });
}

/** What the scanner keeps on this device; nothing is made where it was never opened. */
function kept() {
  return new Promise((resolve) => {
    const request = indexedDB.open(DATABASE);
    // It was not there: asking must not leave an empty one behind.
    request.onupgradeneeded = () => request.transaction.abort();
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => resolve(null);
  });
}

function all(database, name) {
  if (!database?.objectStoreNames.contains(name)) return [];
  return new Promise((resolve) => {
    const request = database.transaction(name).objectStore(name).getAll();
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => resolve([]);
  });
}

async function storage() {
  let database = null;
  try {
    database = await kept();
    const waiting = (await all(database, "outbox")).length;
    const list = (await all(database, "lists")).find(({ door }) => String(door) === root.dataset.door);
    return { keeps: true, waiting, list_at: list?.asOf ? new Date(list.asOf).toISOString() : null };
  } catch {
    return { keeps: false, waiting: 0, list_at: null };
  } finally {
    database?.close();
  }
}

async function battery() {
  const found = await navigator.getBattery?.().catch(() => null);
  if (!found) return { battery: null, charging: false };
  return { battery: Math.round(found.level * 100), charging: found.charging };
}

async function space() {
  const estimate = await navigator.storage?.estimate?.().catch(() => null);
  if (!estimate?.quota) return null;
  return Math.min(Math.floor((estimate.quota - estimate.usage) / MEGABYTE), 2 ** 31 - 1);
}

/** The better of two round trips: the first one may open the connection. */
async function latency() {
  const times = [];
  for (let turn = 0; turn < 2; turn += 1) {
    const start = performance.now();
    await fetch(root.dataset.pingUrl, { cache: "no-store", credentials: "same-origin" });
    times.push(performance.now() - start);
  }
  return Math.round(Math.min(...times));
}

async function measured() {
  const found = { secure: globalThis.isSecureContext, sound: await heard(), camera: await camera() };
  Object.assign(found, await storage(), await battery());
  found.free_mb = await space();
  found.latency_ms = await latency();
  found.clock_at = new Date().toISOString();
  return found;
}

async function send(body) {
  const headers = { "Content-Type": "application/json", "Accept-Language": document.documentElement.lang };
  const token = deviceToken(root.dataset.event);
  if (token) headers.Authorization = `Bearer ${token}`;
  else headers["X-CSRFToken"] = document.querySelector('meta[name="csrf-token"]').content;
  const options = { method: "POST", headers, body: JSON.stringify(body), credentials: "same-origin" };
  const answer = await fetch(root.dataset.checkUrl, options);
  if (!answer.ok) throw new Error(`the server answered ${answer.status}`);
  return answer.json();
}

function row({ state, name, value, advice }) {
  const item = part("check").content.cloneNode(true);
  for (const [key, text] of Object.entries({ name, value, advice })) item.querySelector(`[data-${key}]`).textContent = text;
  item.querySelector("li").dataset.found = state;
  for (const label of item.querySelectorAll("[data-state]")) label.hidden = label.dataset.state !== state;
  return item;
}

async function check() {
  part("start").disabled = true;
  note.textContent = note.dataset.checking;
  part("checks").replaceChildren();
  try {
    const { overall, checks } = await send(await measured());
    part("checks").replaceChildren(...checks.map(row));
    note.textContent = note.dataset[overall];
    root.dataset.overall = overall;
    part("onward").hidden = false;
  } catch (error) {
    console.info("The check did not end:", error);
    note.textContent = note.dataset.failed;
  } finally {
    part("start").disabled = false;
  }
}

part("start").addEventListener("click", check);
