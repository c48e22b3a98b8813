import type { Notice } from "./model.ts";

const KEY = "hangtag.sounds";

/** Notes as [pitch in Hz, start in s, length in s]: rising is good, falling is not, the same twice asks to look. */
const tunes: Record<Notice["tone"] | "sold", [number, number, number][]> = {
  done: [[1320, 0, 0.06]],
  sold: [
    [880, 0, 0.1],
    [1320, 0.1, 0.2],
  ],
  look: [
    [660, 0, 0.12],
    [660, 0.18, 0.12],
  ],
  refused: [
    [300, 0, 0.16],
    [220, 0.18, 0.3],
  ],
};
const LOUDNESS = 0.25;

let audio: AudioContext | undefined;

export const soundsOn = (): boolean => localStorage.getItem(KEY) !== "off";
export const setSounds = (on: boolean): void => localStorage.setItem(KEY, on ? "on" : "off");

/** Plays a tune; browsers allow it once the page has been touched, and a till has been by then. */
export function play(tune: keyof typeof tunes): void {
  if (!soundsOn()) return;
  audio ??= new AudioContext();
  if (audio.state === "suspended") void audio.resume().catch(() => undefined);
  for (const [pitch, start, length] of tunes[tune]) {
    const at = audio.currentTime + start;
    const tone = audio.createOscillator();
    const volume = audio.createGain();
    tone.frequency.value = pitch;
    tone.type = tune === "refused" ? "square" : "triangle";
    volume.gain.setValueAtTime(LOUDNESS, at);
    volume.gain.exponentialRampToValueAtTime(0.001, at + length);
    tone.connect(volume).connect(audio.destination);
    tone.start(at);
    tone.stop(at + length);
  }
}
