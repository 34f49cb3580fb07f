// The camera: starting it, choosing it, its torch, and looking through it for codes.

import { recall, remember } from "./device.js";

const CHOICE = "eventapp.door.camera";
// Faster than a steward can change badges, slow enough to keep a phone cool.
const LOOK_EVERY_MS = 90;
// A badge that stays in view counts once; it counts again after it was away this long.
const AWAY_MS = 2500;

/** Why there is no picture; the page explains each in words of its own. */
export const Trouble = Object.freeze({
  INSECURE: "insecure",
  UNSUPPORTED: "unsupported",
  DENIED: "denied",
  NONE: "none",
  BUSY: "busy",
});

const TROUBLE_OF = {
  NotAllowedError: Trouble.DENIED,
  SecurityError: Trouble.DENIED,
  NotFoundError: Trouble.NONE,
  OverconstrainedError: Trouble.NONE,
  NotReadableError: Trouble.BUSY,
  AbortError: Trouble.BUSY,
};

export class CameraTrouble extends Error {
  constructor(kind) {
    super(kind);
    this.kind = kind;
  }
}

export class Camera {
  /** *onLost* is called when a running camera goes away: unplugged, or taken by a call. */
  constructor(video, onLost) {
    this.video = video;
    this.onLost = onLost;
    this.stream = null;
    this.starting = null;
  }

  get running() {
    return this.track?.readyState === "live";
  }

  get track() {
    return this.stream?.getVideoTracks()[0] ?? null;
  }

  /** Show the picture of the remembered camera, else of the one that faces away. */
  start() {
    this.starting ??= this.#start().finally(() => (this.starting = null));
    return this.starting;
  }

  async #start() {
    if (this.running) return;
    if (!navigator.mediaDevices?.getUserMedia) {
      throw new CameraTrouble(isSecureContext ? Trouble.UNSUPPORTED : Trouble.INSECURE);
    }
    try {
      this.stream = await open(recall(CHOICE));
      this.track.addEventListener("ended", this.onLost);
      this.video.srcObject = this.stream;
      await this.video.play();
    } catch (error) {
      this.stop();
      throw new CameraTrouble(TROUBLE_OF[error.name] ?? Trouble.BUSY);
    }
  }

  stop() {
    this.stream?.getTracks().forEach((track) => track.stop());
    this.stream = null;
    this.video.srcObject = null;
  }

  /** List the cameras once permission is given: `[{id, label}]`. */
  async choices() {
    const devices = (await navigator.mediaDevices?.enumerateDevices?.()) ?? [];
    return devices
      .filter((device) => device.kind === "videoinput")
      .map((device) => ({ id: device.deviceId, label: device.label }));
  }

  get chosen() {
    return this.track?.getSettings().deviceId ?? null;
  }

  async choose(id) {
    remember(CHOICE, id);
    this.stop();
    await this.start();
  }

  get hasTorch() {
    return Boolean(this.track?.getCapabilities?.().torch);
  }

  async torch(on) {
    await this.track?.applyConstraints({ advanced: [{ torch: on }] });
  }
}

async function open(remembered) {
  const size = { width: { ideal: 1280 }, height: { ideal: 720 } };
  if (remembered) {
    try {
      return await stream({ ...size, deviceId: { exact: remembered } });
    } catch (error) {
      // Unplugged since, or its id was renewed; anything else is for the caller.
      if (!["OverconstrainedError", "NotFoundError"].includes(error.name)) throw error;
    }
  }
  return stream({ ...size, facingMode: { ideal: "environment" } });
}

function stream(video) {
  return navigator.mediaDevices.getUserMedia({ audio: false, video });
}

/** Looks at the picture again and again and reports each badge once while it stays in view. */
export class Watch {
  constructor(video, reader, onCode) {
    this.video = video;
    this.reader = reader;
    this.onCode = onCode;
    this.active = false;
    this.seen = new Map();
  }

  start() {
    if (this.active) return;
    this.active = true;
    this.#run();
  }

  stop() {
    this.active = false;
  }

  async #run() {
    while (this.active) {
      const started = performance.now();
      if (this.video.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA) await this.#look();
      await pause(Math.max(0, LOOK_EVERY_MS - (performance.now() - started)));
    }
  }

  async #look() {
    try {
      const text = await this.reader.look(this.video);
      if (text && this.active) this.#report(text);
    } catch (error) {
      // A frame between two streams cannot be drawn; the next one can.
      console.debug("A frame was not read:", error);
    }
  }

  // The page may decline a code (another verdict is being read); then it stays new.
  #report(text) {
    const now = performance.now();
    const before = this.seen.get(text);
    const fresh = before === undefined || now - before > AWAY_MS;
    if (!fresh || this.onCode(text) !== false) this.seen.set(text, now);
    for (const [code, at] of this.seen) if (now - at > AWAY_MS) this.seen.delete(code);
  }
}

function pause(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
