// Reads QR codes from the camera's picture or from a photograph.
//
// The browser's own BarcodeDetector where it has one that reads QR codes, else the
// decoders in a worker. Both offer the same two verbs: look(video) and inspect(file).

const PHOTO_SIDES = [1280, 2600];

/** Open the best reader of this browser: `{name, look(video), inspect(file)}`. */
export async function openReader() {
  return (await openNative()) ?? openWorker();
}

async function openNative() {
  try {
    const formats = (await globalThis.BarcodeDetector?.getSupportedFormats()) ?? [];
    if (!formats.includes("qr_code")) return null;
    return new NativeReader(new BarcodeDetector({ formats: ["qr_code"] }));
  } catch {
    return null;
  }
}

class NativeReader {
  name = "native";

  constructor(detector) {
    this.detector = detector;
    this.spare = null;
  }

  // Some phones list the detector without the system service behind it; the first
  // failed look moves over to the worker for good.
  async look(video) {
    if (this.spare) return this.spare.look(video);
    try {
      return nearest(await this.detector.detect(video), video.videoWidth, video.videoHeight);
    } catch {
      this.spare = await openWorker();
      this.name = this.spare.name;
      return null;
    }
  }

  async inspect(file) {
    this.still ??= this.spare ?? (await openWorker());
    return this.still.inspect(file);
  }
}

function nearest(codes, width, height) {
  const distance = ({ boundingBox: box }) =>
    Math.hypot(box.x + box.width / 2 - width / 2, box.y + box.height / 2 - height / 2);
  codes.sort((one, other) => distance(one) - distance(other));
  return codes[0]?.rawValue ?? null;
}

function openWorker() {
  const worker = new Worker(new URL("./decoder.js", import.meta.url));
  return new Promise((resolve, reject) => {
    worker.onerror = (event) => reject(new Error(event.message ?? "The decoder did not start."));
    worker.onmessage = ({ data }) => resolve(new WorkerReader(worker, data));
  });
}

class WorkerReader {
  constructor(worker, { ready, draws }) {
    this.worker = worker;
    this.name = ready;
    this.draws = draws;
    this.pending = new Map();
    this.last = 0;
    worker.onmessage = ({ data: { id, codes, error } }) => {
      if (error) console.warn("The decoder stumbled:", error);
      this.#answer(id, codes[0]?.text ?? null);
    };
    // A worker that died answers nothing; nobody may wait for it for ever.
    worker.onerror = () => [...this.pending.keys()].forEach((id) => this.#answer(id, null));
  }

  #answer(id, text) {
    this.pending.get(id)?.(text);
    this.pending.delete(id);
  }

  async look(video) {
    if (!this.draws) return this.ask(drawn(video, video.videoWidth, video.videoHeight));
    return this.ask(await createImageBitmap(video));
  }

  async inspect(file) {
    const bitmap = await createImageBitmap(file);
    if (this.draws) return this.ask(bitmap, PHOTO_SIDES);
    const scale = Math.min(1, PHOTO_SIDES[0] / Math.max(bitmap.width, bitmap.height));
    return this.ask(drawn(bitmap, bitmap.width * scale, bitmap.height * scale));
  }

  ask(picture, sides) {
    const id = ++this.last;
    const moved = picture instanceof ImageData ? picture.data.buffer : picture;
    return new Promise((resolve) => {
      this.pending.set(id, resolve);
      this.worker.postMessage({ id, picture, sides }, [moved]);
    });
  }
}

// Only for browsers whose workers cannot draw: the pixels are taken here, decoded there.
function drawn(source, width, height) {
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(width);
  canvas.height = Math.round(height);
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.drawImage(source, 0, 0, canvas.width, canvas.height);
  return context.getImageData(0, 0, canvas.width, canvas.height);
}
