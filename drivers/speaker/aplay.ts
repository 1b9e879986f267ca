/**
 * One `aplay` (Debian's alsa-utils): it waits with the sound card open for what it is to play, and ends with it.
 *
 * So a prompt begins as soon as its samples are written, and a card that is missing, or used by somebody else, is known before a
 * prompt is needed. Of several sounds after one another none could be cut off: what is in the pipe is played. So each
 * prompt has an `aplay` of its own, which takes 3 ms to start.
 *
 * Traps: while it waits, it does not notice that its card was pulled out. The kernel tells: the device that it holds open has no
 * name any more, which is looked up twice a second.
 */
import { readdir, readlink, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { DeviceError, messageOf } from '../../device/kit/errors.ts';
import { type ChildEnd, startChild } from '../wire/child.ts';
import type { SoundFormat } from './wav.ts';

export interface Player {
  /** Resolves when the card is open, or, to false, when the player has ended without. */
  readonly opened: Promise<boolean>;
  /** Once only. @param samples in the format that it was started with */
  play(samples: Buffer): void;
  /** Code 0: it has played what it was given, or was given nothing more. */
  readonly ended: Promise<ChildEnd>;
  /** Resolves with a reason if the card goes while it waits. */
  readonly gone: Promise<string>;
  /** Cuts off what it plays. */
  kill(): void;
  close(): Promise<void>;
}

const pollMs = 500;
/** Printed by ALSA itself, in English only, once the card has taken the format. */
const openSign = 'Its setup is';

/** @throws DeviceError disconnected when it cannot be started */
export async function startPlayer(name: string, device: string, format: SoundFormat): Promise<Player> {
  const child = await start(name, command(device, format));
  child.stdin.on('error', () => {}); // of one that has ended, which `ended` tells
  const isOpen = new Promise<void>(resolve => {
    let said = '';
    child.stderr.on('data', (text: string) => {
      said = (said + text).slice(-openSign.length - text.length);
      if (said.includes(openSign)) resolve();
    });
  });
  let polling: NodeJS.Timeout | undefined;
  const gone = new Promise<string>(resolve => {
    polling = setInterval(async () => {
      const lost = await lostDevice(child.pid);
      if (lost !== undefined) resolve(`${lost} is gone`);
    }, pollMs);
  });
  return {
    opened: Promise.race([isOpen.then(() => true), child.exited.then(() => false)]),
    play: samples => void child.stdin.end(samples),
    ended: child.exited,
    gone,
    kill: child.kill,
    close() {
      clearInterval(polling);
      return child.close();
    },
  };
}

async function start(name: string, words: readonly string[]) {
  try {
    return await startChild(words, { stdin: 'pipe' }, { ...process.env, LC_ALL: 'C' });
  } catch (error) {
    const missing = messageOf(error) === 'there is no such program';
    const why = missing ? 'aplay is missing: install the package alsa-utils' : messageOf(error);
    throw new DeviceError('disconnected', name, why, error);
  }
}

function command(device: string, { rateHz, channels }: SoundFormat): string[] {
  const format = ['-t', 'raw', '-f', 'S16_LE', '-r', String(rateHz), '-c', String(channels)];
  return ['aplay', '-v', '-D', device, ...format, '-'];
}

const deleted = ' (deleted)';

/** A device or pipe that a process has open and that has lost its name. Files, as of a sound server's memory, may. */
async function lostDevice(pid: number): Promise<string | undefined> {
  const folder = `/proc/${pid}/fd`;
  for (const fd of await readdir(folder).catch(() => [])) {
    const name = await readlink(join(folder, fd)).catch(() => '');
    if (!name.endsWith(deleted)) continue;
    const about = await stat(join(folder, fd)).catch(() => undefined);
    if (about?.isFile() === false) return name.slice(0, -deleted.length);
  }
  return undefined;
}
