/**
 * How a verdict is shown on a reader's own lights and buzzer, by the reader's PC/SC name.
 *
 * ACR122U (API V2.04, "Bi-color LED and Buzzer Control"): FF 00 40 P2 04 T1 T2 repetitions buzzer. P2 bits 0 and 1 are the
 * final red and green, 2 and 3 say that they are to change; T1 in 100 ms, during which buzzer 1 sounds. The reader
 * answers when the sound is over and does nothing else until then, so a beep is never longer than T1 = 1.
 * ACR1252U (reference manual, "LED Control", "Buzzer Control"): E0 00 00 29 01 with red in bit 0 and green in bit 1;
 * E0 00 00 28 01 and the duration in 10 ms, answered at once.
 * Red and green together are amber. libccid passes such commands on only where ifdDriverOptions in its Info.plist
 * has bit 0 set (CCID_EXCHANGE_AUTHORIZED); where not, the reader stays as it is.
 */
import type { Light, Tone } from '../../../device/core/screen.ts';

export interface SignalStep {
  readonly command: Uint8Array;
  /** Before the next one. */
  readonly thenWaitMs: number;
}

export type Signal = (light: Light, tone: Tone) => readonly SignalStep[];

/** @returns undefined for a reader whose lights nobody knows */
export function signalOf(readerName: string): Signal | undefined {
  if (/ACR122/i.test(readerName)) return acr122;
  return /ACR1252/i.test(readerName) ? acr1252 : undefined;
}

const red = 1;
const green = 2;
const leds: Record<Light, number> = { off: 0, red, green, amber: red | green };

/** Beeps of each tone, and how long each is in 100 ms. */
const beeps: Record<Tone, { readonly count: number; readonly length: number }> = {
  none: { count: 0, length: 0 },
  one: { count: 1, length: 1 },
  two: { count: 2, length: 1 },
  three: { count: 3, length: 1 },
  short: { count: 1, length: 0.5 },
  long: { count: 1, length: 5 },
};
const gapMs = 100;

const acr122: Signal = (light, tone) => {
  const changeBoth = 0x0c;
  const lights = step([0xff, 0x00, 0x40, changeBoth | leds[light], 0x04, 0, 0, 0, 0], 0);
  const { count, length } = beeps[tone];
  const beep = (thenWaitMs: number) => step([0xff, 0x00, 0x40, 0x00, 0x04, 1, 0, 1, 1], thenWaitMs);
  const oneTone = length > 1 ? Array.from({ length }, () => beep(0)) : [beep(gapMs)];
  return [lights, ...Array.from({ length: count }, () => oneTone).flat()];
};

const acr1252: Signal = (light, tone) => {
  const { count, length } = beeps[tone];
  const beep = step([0xe0, 0x00, 0x00, 0x28, 0x01, length * 10], length * 100 + gapMs);
  return [step([0xe0, 0x00, 0x00, 0x29, 0x01, leds[light]], 0), ...Array.from({ length: count }, () => beep)];
};

function step(command: readonly number[], thenWaitMs: number): SignalStep {
  return { command: Uint8Array.from(command), thenWaitMs };
}
