/**
 * Starts the firmware that is in use, or the new one that is on trial: the installed package's own beside this file, or that of
 * a slot. It stays in this process and costs nothing more; only while a firmware is on trial does a thread watch over it.
 *
 * `FARE_VALIDATOR_FIRMWARE` names the directory of the slots. Without it there are none, and no updates.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { printable, sayError } from './kit/printable.ts';
import type { Choice } from './update/choose-firmware.ts';

const directory = process.env.FARE_VALIDATOR_FIRMWARE;
const factory = new URL('./main.js', import.meta.url);
/** sysexits.h: EX_TEMPFAIL. */
const startAgain = 75;

void start();

async function start(): Promise<void> {
  // Without a record there is nothing to choose: nothing more is loaded.
  if (directory !== undefined && existsSync(join(directory, 'boot.json'))) return launch(directory);
  process.env.FARE_VALIDATOR_SLOT = 'factory';
  await import(factory.href);
}

async function launch(directory: string): Promise<void> {
  const { chooseFirmware } = await import('./update/choose-firmware.ts');
  const choice = chooseFirmware(directory, process.argv[2] === 'run', Date.now());
  for (const text of choice.said) sayError(text);
  process.env.FARE_VALIDATOR_SLOT = choice.slot;
  if (choice.trial !== undefined)
    await (await import('./update/attend-trial.ts')).attendTrial(directory, choice.trial);
  try {
    await import(choice.entry === undefined ? factory.href : pathToFileURL(choice.entry).href);
  } catch (error) {
    // What the program does when it is loaded ends the process by itself.
    if (choice.entry === undefined) throw error;
    await fallBack(directory, choice, error);
  }
}

/** From what cannot be loaded to what was in use before; from that to the factory's. */
async function fallBack(directory: string, { trial, slot }: Choice, error: unknown): Promise<never> {
  const { readBoot, writeBoot } = await import('./update/boot-file.ts');
  const { giveUp, useFactory } = await import('./update/boot-record.ts');
  const why = `it cannot be loaded: ${error instanceof Error ? error.message : String(error)}`;
  sayError(printable(`the firmware in slot ${slot}: ${why}`));
  const now = readBoot(directory);
  writeBoot(directory, trial ? giveUp(now, why, Date.now()) : useFactory(now));
  process.exit(startAgain);
}
