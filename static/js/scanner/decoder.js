// Worker: finds QR codes in pictures, off the main thread.
//
// A classic worker, not a module: older phones start no module workers, and both
// decoders are classic scripts. First zxing-wasm; jsQR where WebAssembly is switched off
// (a hardened browser) or the wasm file did not come through.
/* global importScripts, ZXingWASM, jsQR */

const VENDOR = new URL("../../vendor/", self.location.href);
const READ = {
  formats: ["QRCode"],
  tryHarder: true,
  tryRotate: false,
  tryInvert: false,
  tryDownscale: true,
  maxNumberOfSymbols: 4,
  textMode: "Plain",
};

let decode;
let canvas;
const ready = prepare();

self.onmessage = async ({ data: { id, picture, sides } }) => {
  try {
    await ready;
    self.postMessage({ id, codes: await search(picture, sides) });
  } catch (error) {
    self.postMessage({ id, codes: [], error: String(error) });
  } finally {
    // Ten pictures a second: waiting for the garbage collector would fill a phone.
    picture.close?.();
  }
};

async function prepare() {
  let name = "zxing";
  try {
    importScripts(new URL("zxing/zxing_reader.min.js", VENDOR).href);
    await startZxing();
    decode = async (image) => (await ZXingWASM.readBarcodes(image, READ)).map(fromZxing);
  } catch (error) {
    console.warn("Without the wasm decoder:", error);
    name = "jsqr";
    importScripts(new URL("jsqr/jsQR.js", VENDOR).href);
    decode = async (image) => [jsQR(image.data, image.width, image.height)].filter(Boolean).map(fromJsqr);
  }
  self.postMessage({ ready: name, draws: typeof OffscreenCanvas === "function" });
}

// The script names the digest of the one wasm build it belongs to, so a stale half of
// the pair (an old cache after an upgrade) is refused here instead of crashing later.
async function startZxing() {
  const integrity = `sha256-${base64(ZXingWASM.ZXING_WASM_SHA256)}`;
  const response = await fetch(new URL("zxing/zxing_reader.wasm", VENDOR), { integrity });
  if (!response.ok) throw new Error(`wasm: HTTP ${response.status}`);
  const wasmBinary = await response.arrayBuffer();
  await ZXingWASM.prepareZXingModule({ overrides: { wasmBinary }, fireImmediately: true });
}

function base64(hex) {
  return btoa(String.fromCharCode(...hex.match(/../g).map((pair) => parseInt(pair, 16))));
}

// A photograph is looked at small first (fast, and blur or moiré vanish), then large.
async function search(picture, sides) {
  if (picture instanceof ImageData) return decode(picture);
  for (const side of sides ?? [Infinity]) {
    const image = draw(picture, side);
    const codes = await decode(image);
    if (codes.length) return nearestFirst(codes, image);
  }
  return [];
}

function draw(bitmap, side) {
  const scale = Math.min(1, side / Math.max(bitmap.width, bitmap.height));
  const width = Math.max(1, Math.round(bitmap.width * scale));
  const height = Math.max(1, Math.round(bitmap.height * scale));
  canvas ??= new OffscreenCanvas(width, height);
  if (canvas.width !== width || canvas.height !== height) {
    canvas.width = width;
    canvas.height = height;
  }
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.drawImage(bitmap, 0, 0, width, height);
  return context.getImageData(0, 0, width, height);
}

// With several badges in view the one being shown is the one nearest to the middle.
function nearestFirst(codes, { width, height }) {
  const distance = ({ x, y }) => Math.hypot(x - width / 2, y - height / 2);
  return codes.sort((one, other) => distance(one) - distance(other));
}

function fromZxing({ text, position }) {
  return { text, ...middle([position.topLeft, position.bottomRight]) };
}

function fromJsqr({ data, location }) {
  return { text: data, ...middle([location.topLeftCorner, location.bottomRightCorner]) };
}

function middle([one, other]) {
  return { x: (one.x + other.x) / 2, y: (one.y + other.y) / 2 };
}
