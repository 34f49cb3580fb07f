// A badge's code: reading it as the server does, its hash, and the card that only it opens.

import { base64url, fromBase64url } from "./bytes.js";
import { readSigned } from "./signed.js";

const ADDRESS = /^(?:https?:\/\/[^\s/?#]+(?:\/[^\s?#]*)?\/B\/)?([0-9A-Z -]{26,40}?)\/?(?:[?#]\S*)?$/i;
const CODE = /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/;
const CARD_KEY = new TextEncoder().encode("eventapp-door-card");
const NONCE = 12;

/** Return `{code, seal}` of what a scanner read or somebody typed, or null; `seal` of a signed one. */
export function readBadge(text) {
  const code = readCode(text);
  if (code) return { code, seal: null };
  const seal = readSigned(text);
  return seal ? { code: seal.code, seal } : null;
}

function readCode(text) {
  const found = text.length <= 500 ? ADDRESS.exec(text.trim()) : null;
  if (!found) return null;
  const letters = found[1].toUpperCase().replace(/[ -]/g, "");
  const code = letters.replaceAll("O", "0").replace(/[IL]/g, "1");
  return CODE.test(code) ? code : null;
}

/** Return the hash under which the list knows a code. */
export async function hashOf(code) {
  return base64url(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(code)));
}

/** Open a sealed card with the code in hand: `{id, name, organisation, flags}`, or null. */
export async function openCard(sealed, code) {
  try {
    const bytes = fromBase64url(sealed);
    const key = await keyOf(code);
    const algorithm = { name: "AES-GCM", iv: bytes.subarray(0, NONCE) };
    const plain = await crypto.subtle.decrypt(algorithm, key, bytes.subarray(NONCE));
    return JSON.parse(new TextDecoder().decode(plain));
  } catch (error) {
    console.warn("A card did not open:", error);
    return null;
  }
}

async function keyOf(code) {
  const base = await crypto.subtle.importKey("raw", new TextEncoder().encode(code), "HKDF", false, [
    "deriveKey",
  ]);
  const derived = { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(0), info: CARD_KEY };
  return crypto.subtle.deriveKey(derived, base, { name: "AES-GCM", length: 256 }, false, ["decrypt"]);
}
