// What the steward hears and feels without looking: one short figure for each verdict.

import { recall, remember } from "./device.js";

const MUTED = "eventapp.door.muted";
const VOLUME = 0.4;

// [frequency in Hz, start in s, length in s]; the figures differ in rhythm and not only
// in pitch, so that they are told apart in a loud hall and by an untrained ear.
const FIGURES = {
  ok: { wave: "sine", notes: [[880, 0, 0.09], [1318.5, 0.1, 0.16]], buzz: [70] },
  warn: { wave: "triangle", notes: [[660, 0, 0.12], [660, 0.18, 0.12], [660, 0.36, 0.12]], buzz: [60, 70, 60, 70, 60] },
  stop: { wave: "square", notes: [[196, 0, 0.26], [147, 0.3, 0.4]], buzz: [240, 90, 360] },
  wait: { wave: "sine", notes: [[523.3, 0, 0.1], [392, 0.12, 0.16]], buzz: [40, 60, 40] },
};

export class Sound {
  constructor() {
    this.muted = recall(MUTED) === "1";
    this.context = null;
  }

  /** Whether a tone would be heard now: browsers keep sound shut until the first touch. */
  get open() {
    return this.context?.state === "running";
  }

  /** Open the sound; must be called from within a touch or a key press. */
  async unlock() {
    const Context = globalThis.AudioContext ?? globalThis.webkitAudioContext;
    if (!Context || this.open) return;
    this.context ??= new Context();
    // A browser that keeps its sound shut leaves colour, words and shaking.
    await this.context.resume().catch(() => {});
  }

  mute(muted) {
    this.muted = muted;
    remember(MUTED, muted ? "1" : "0");
  }

  /** Play the figure of *tone* and shake the phone alike. */
  play(tone) {
    const figure = FIGURES[tone];
    if (!figure) return;
    if (navigator.userActivation?.hasBeenActive !== false) navigator.vibrate?.(figure.buzz);
    if (!this.muted && this.open) figure.notes.forEach((note) => this.#note(figure.wave, note));
  }

  #note(wave, [frequency, delay, length]) {
    const start = this.context.currentTime + delay;
    const gain = this.context.createGain();
    // Square waves carry far more energy than their amplitude says.
    const volume = wave === "square" ? VOLUME / 3 : VOLUME;
    gain.gain.setValueAtTime(0.0001, start);
    gain.gain.exponentialRampToValueAtTime(volume, start + 0.012);
    gain.gain.setValueAtTime(volume, start + length - 0.03);
    gain.gain.exponentialRampToValueAtTime(0.0001, start + length);
    const voice = this.context.createOscillator();
    voice.type = wave;
    voice.frequency.value = frequency;
    voice.connect(gain).connect(this.context.destination);
    voice.start(start);
    voice.stop(start + length + 0.02);
  }
}
