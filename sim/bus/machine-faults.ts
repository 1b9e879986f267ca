/** `power`, `disk` and `clock` of the simulated bus: what can befall the machine a validator runs on. */
import { missingForFullDisk } from '../wires/full-disk.ts';
import { WrongUsage } from '../wrong-usage.ts';
import type { ValidatorPost } from './validator-post.ts';

export const diskStates = ['full', 'ok'] as const;

const secondsLimit = 1e10;

/** Resolves when it is ready again. */
export async function cutPower({ name, firmware }: ValidatorPost) {
  firmware.cutPower();
  await firmware.ready();
  return { event: 'power-cut', validator: name };
}

/** @throws WrongUsage where the machine cannot do it */
export function setDisk({ name, firmware }: ValidatorPost, state: (typeof diskStates)[number]) {
  const missing = missingForFullDisk();
  if (missing !== undefined) throw new WrongUsage(`disk needs ${missing}`);
  firmware.fillDisk(state === 'full');
  return { event: 'disk', validator: name, state };
}

/**
 * A clock is found wrong at the start, as after a flat battery: the power is cut for it.
 * @param text seconds it is ahead, or `ok`
 * @throws WrongUsage
 */
export async function setClock({ name, firmware }: ValidatorPost, text: string) {
  const seconds = text === 'ok' ? 0 : Number(text);
  if (!(Math.abs(seconds) <= secondsLimit)) {
    throw new WrongUsage(`clock: SECONDS is ok, or a number of at most ${secondsLimit} either way`);
  }
  firmware.skewClock(Math.round(seconds * 1000));
  firmware.cutPower();
  await firmware.ready();
  return { event: 'clock-set', validator: name, aheadS: seconds };
}
