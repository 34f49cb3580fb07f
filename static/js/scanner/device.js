// The settings of this device: small choices, its scan counter, the token it was paired with.

const TOKENS = "eventapp.door.tokens";

/** Read a small setting; null where the browser keeps no storage for us. */
export function recall(key) {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

/** Keep a small setting; a private window without storage still scans and only forgets it. */
export function remember(key, value) {
  try {
    localStorage.setItem(key, value);
    return true;
  } catch {
    return false;
  }
}

/** Return the bearer token with which this device was paired for *event*, or null. */
export function deviceToken(event) {
  return tokens()[event] ?? null;
}

/** Keep the bearer token of *event*; the pairing page calls this once. */
export function rememberDevice(event, token) {
  return remember(TOKENS, JSON.stringify({ ...tokens(), [event]: token }));
}

function tokens() {
  try {
    return JSON.parse(recall(TOKENS) ?? "{}");
  } catch {
    return {};
  }
}
