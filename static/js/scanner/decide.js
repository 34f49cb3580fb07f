// The verdict on a badge without the server: what the list says, in the server's own order.

const RECENT_MS = 5000;
const STATUS = { ok: "ok", out: "ok", "duplicate-recent": "warn", "already-out": "warn" };

/**
 * Decide about *known*, the list's entry of a badge (or null), at the moment *at* in server time.
 * *list* has `policy`, `opensAt`, `closesAt` (milliseconds or null), `closesDaily`; *day* names
 * the day of a moment at the door, *endsAt* when a signed badge runs out. Returns
 * `{code, status, presence}`.
 */
export function decide(known, { at, direction, list, day, endsAt = null }) {
  const code = verdictOn(known, at, direction, list, day, endsAt);
  const inside = { ok: true, out: false }[code] ?? Boolean(known?.inside);
  const presence = known ? (inside ? "present" : "absent") : null;
  return { code, status: STATUS[code] ?? "error", presence };
}

function verdictOn(known, at, direction, list, day, endsAt) {
  if (!known) return "invalid-code";
  if (known.verdict === "revoked") return "revoked";
  if (endsAt !== null && at >= endsAt) return "expired";
  if (known.verdict && known.verdict !== "ok") return known.verdict;
  if (list.opensAt !== null && at < list.opensAt) return "too-early";
  if (list.closesAt !== null && at > list.closesAt) return "too-late";
  if (known.ownAt && Math.abs(at - known.ownAt) < RECENT_MS) return "duplicate-recent";
  if (direction === "exit") return known.inside ? "out" : "already-out";
  return mayEnter(known, at, list, day) ? "ok" : "already-in";
}

function mayEnter(known, at, list, day) {
  if (!known.first_at) return true;
  const today = day(known.first_at) === day(at);
  const stillIn = known.inside && (!list.closesDaily || day(known.changed_at) === day(at));
  return { single: false, multiple: true, "once-per-day": !today }[list.policy] ?? !stillIn;
}

/** Return *known* as it is after this device gave the verdict *code* at *at*. */
export function after(known, code, at, station) {
  if (code === "out") return { ...known, inside: false, changed_at: at, ownAt: at };
  if (code !== "ok") return known;
  return { ...known, inside: true, first_at: at, changed_at: at, station, ownAt: at };
}
