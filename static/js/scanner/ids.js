// Names that a device gives to its own scans, before any server has seen them.

import { recall, remember } from "./device.js";

const SEQUENCE = "eventapp.door.seq";
let sequence = 0;

/** Make a random UUID; `crypto.randomUUID` itself is missing on an insecure origin. */
export function scanId() {
  if (typeof crypto.randomUUID === "function") return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

/** Count this device's scans from 1, across reloads where the browser keeps a number for us. */
export function nextSequence() {
  const kept = Number(recall(SEQUENCE));
  sequence = Math.max(sequence, Number.isSafeInteger(kept) ? kept : 0) + 1;
  remember(SEQUENCE, String(sequence));
  return sequence;
}
