// The door's conversation with the server: one POST, classified.

/** What came of a request. */
export const Outcome = Object.freeze({
  // The server took it in and said what it thinks.
  ANSWERED: "answered",
  // It will never be taken in as it is.
  REFUSED: "refused",
  // This device or person may not ask (any more); another sign-in may.
  DENIED: "denied",
  // No answer, or "not now": ask again.
  UNREACHABLE: "unreachable",
});

export class Api {
  constructor({ csrf, token, language }) {
    this.headers = { Accept: "application/json", "Accept-Language": language };
    if (token) this.headers.Authorization = `Bearer ${token}`;
    else if (csrf) this.headers["X-CSRFToken"] = csrf;
    this.onResult = () => {};
  }

  /** POST *body*: `{outcome, answer, status, retryMs}`; never throws. */
  async post(url, body, timeoutMs) {
    const headers = { ...this.headers, "Content-Type": "application/json" };
    return this.#ask(url, { method: "POST", headers, body: JSON.stringify(body) }, timeoutMs);
  }

  /** GET *url*, as `post`; *signal* gives it up early. */
  async get(url, timeoutMs, signal, headers = {}) {
    return this.#ask(url, { headers: { ...this.headers, ...headers } }, timeoutMs, signal);
  }

  async #ask(url, options, timeoutMs, signal) {
    const result = await this.#fetch(url, options, timeoutMs, signal);
    if (!signal?.aborted) this.onResult(result);
    return result;
  }

  async #fetch(url, options, timeoutMs, signal) {
    const abort = new AbortController();
    const timer = setTimeout(() => abort.abort(), timeoutMs);
    signal?.addEventListener("abort", () => abort.abort(), { once: true });
    // A redirect is the sign-in page: a session that ended, not an answer.
    const fixed = { redirect: "manual", credentials: "same-origin", cache: "no-store" };
    try {
      const response = await fetch(url, { ...options, ...fixed, signal: abort.signal });
      return classify(response, await json(response));
    } catch {
      return { outcome: Outcome.UNREACHABLE, answer: null, status: 0, retryMs: 0 };
    } finally {
      clearTimeout(timer);
    }
  }
}

async function json(response) {
  if (!response.headers.get("Content-Type")?.includes("json")) return null;
  return response.json();
}

function classify(response, answer) {
  const { status } = response;
  const retryMs = Number(response.headers.get("Retry-After")) * 1000 || 0;
  const tag = response.headers.get("ETag");
  return { outcome: outcomeOf(response, answer), answer, status, retryMs, tag };
}

function outcomeOf({ status, type, ok }, answer) {
  if (type === "opaqueredirect" || status === 401 || status === 403) return Outcome.DENIED;
  if (status === 429 || status >= 500) return Outcome.UNREACHABLE;
  if (status === 304) return Outcome.ANSWERED;
  // A 200 without JSON is a hotel's captive page, not our server.
  if (ok && answer === null) return Outcome.UNREACHABLE;
  // A badge nobody knows answers 404 and is a verdict all the same.
  return ok || answer?.scan_id ? Outcome.ANSWERED : Outcome.REFUSED;
}
