// Badges that prove themselves: a code signed for one event, checked on this device alone.
//
// Bytes: 0 the key's number, 1–3 the event, 4–7 the registration, 8 the generation, 9–10 the first
// day on which the badge is good no more (days since 2000-01-01), 11–26 the badge's own code,
// 27–90 the Ed25519 signature.

import { fromBase64url } from "./bytes.js";

const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const BYTES = 91;
const SIGNED = 27;
const CODE = /^(?:https?:\/\/[^\s/?#]+(?:\/[^\s?#]*)?\/B\/)?([0-9A-Z]{146})\/?(?:[?#]\S*)?$/i;
const PURPOSE = new TextEncoder().encode("eventapp-badge-1");
const EPOCH_MS = Date.UTC(2000, 0, 1);
const DAY_MS = 24 * 3600 * 1000;

/** Return what a signed badge says of itself, not yet proven; null if *text* is none. */
export function readSigned(text) {
  const found = text.length <= 500 ? CODE.exec(text.trim()) : null;
  const bytes = found ? bytesOf(found[1].toUpperCase()) : null;
  if (!bytes) return null;
  const view = new DataView(bytes.buffer);
  return {
    code: lettersOf(bytes.subarray(11, SIGNED)),
    key: bytes[0],
    event: (bytes[1] << 16) | view.getUint16(2),
    registration: view.getUint32(4),
    generation: bytes[8],
    endsAt: EPOCH_MS + view.getUint16(9) * DAY_MS,
    message: new Uint8Array([...PURPOSE, ...bytes.subarray(0, SIGNED)]),
    signature: bytes.subarray(SIGNED),
  };
}

/**
 * Tell whether a badge's signature is right: true, false, or null where that cannot be known here,
 * for *keys* (`[{key, public}]`) lack its key or the browser has no Ed25519.
 */
export async function proven(seal, keys) {
  const known = keys.find(({ key }) => key === seal.key);
  if (!known || !(await canCheck())) return null;
  const key = await crypto.subtle.importKey("raw", fromBase64url(known.public), "Ed25519", false, ["verify"]);
  return crypto.subtle.verify("Ed25519", key, seal.signature, seal.message);
}

let able;

/** Whether this browser knows Ed25519: some of those in use do not. */
export function canCheck() {
  able ??= crypto.subtle.generateKey("Ed25519", false, ["sign", "verify"]).then(
    () => true,
    () => false,
  );
  return able;
}

function bytesOf(letters) {
  let number = 0n;
  for (const letter of letters) {
    const value = ALPHABET.indexOf(letter);
    if (value < 0) return null;
    number = (number << 5n) | BigInt(value);
  }
  if (number >> BigInt(BYTES * 8)) return null;
  const hex = number.toString(16).padStart(BYTES * 2, "0");
  return Uint8Array.from({ length: BYTES }, (_, place) => Number.parseInt(hex.slice(2 * place, 2 * place + 2), 16));
}

/** Sixteen bytes as the 26 letters of the short code. */
function lettersOf(bytes) {
  let number = bytes.reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
  let letters = "";
  for (let place = 0; place < 26; place += 1) {
    letters = ALPHABET[Number(number & 31n)] + letters;
    number >>= 5n;
  }
  return letters;
}

