/** Firmware directories with slots that hold whatever a test wants. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeBoot } from '../../../device/update/boot-file.ts';
import { type BootRecord, factoryRecord, type Trial } from '../../../device/update/boot-record.ts';
import type { TestContext } from '../../harness.ts';
import { temporaryDirectory } from '../../temporary.ts';

export const digest = (letter: string): string => letter.repeat(64);

/** On trial in slot b, not started yet. */
export const trial: Trial = {
  slot: 'b',
  version: '2.0.0',
  sha256: digest('b'),
  attempt: 1,
  starts: 0,
  mostStarts: 3,
  confirmWithinMs: 600_000,
  faultsBefore: [],
  feedAnswered: false,
};

/** @param program of slot b, CommonJS. @returns the firmware's directory */
export function firmwareDirectory(
  context: TestContext,
  program: string,
  record: Partial<BootRecord> = { trial },
): string {
  const directory = temporaryDirectory(context);
  makeSlot(join(directory, 'b'), { version: '2.0.0', sha256: digest('b') }, program);
  writeBoot(directory, { ...factoryRecord, ...record });
  return directory;
}

export function makeSlot(slot: string, about: { version: string; sha256: string }, program: string): void {
  mkdirSync(slot, { recursive: true });
  writeFileSync(join(slot, 'program.js'), program);
  writeFileSync(join(slot, 'slot.json'), JSON.stringify({ ...about, entry: 'program.js' }));
}
