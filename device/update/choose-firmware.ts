/** Which firmware this start is for, said and counted on the disk before it begins. */
import { join } from 'node:path';
import { messageOf } from '../kit/errors.ts';
import { readBoot, writeBoot } from './boot-file.ts';
import {
  type BootRecord,
  callOff,
  countStart,
  giveUp,
  type Slot,
  type Trial,
  useFactory,
} from './boot-record.ts';
import { readSlot } from './slot.ts';

export interface Choice {
  readonly slot: Slot;
  /** The program's path; undefined for the factory's. */
  readonly entry: string | undefined;
  /** As it was counted; undefined where this start is of what is in use. */
  readonly trial: Trial | undefined;
  /** What a technician should know of it, for stderr. */
  readonly said: readonly string[];
}

/**
 * @param directory the firmware's: `boot.json`, `a/`, `b/`
 * @param isStart whether the validator is to run: other commands are not on trial, and nothing is counted
 * @param now Unix milliseconds
 */
export function chooseFirmware(directory: string, isStart: boolean, now: number): Choice {
  const said: string[] = [];
  const tryWrite = (record: BootRecord): boolean => {
    try {
      writeBoot(directory, record);
      return true;
    } catch (error) {
      said.push(`the boot record cannot be written: ${messageOf(error)}`);
      return false;
    }
  };
  let record = readBoot(directory);
  if (isStart && record.trial !== undefined) {
    const { slot, version, sha256, starts } = record.trial;
    const content = readSlot(join(directory, slot));
    const counted = countStart(record);
    if (content?.sha256 !== sha256) {
      said.push(`firmware ${version} is not whole in slot ${slot}: its trial is called off`);
      record = callOff(record);
      tryWrite(record);
    } else if (counted === undefined) {
      const why = `${starts} starts, and no confirmation`;
      said.push(`firmware ${version} in slot ${slot} is given up: ${why}`);
      record = giveUp(record, why, now);
      tryWrite(record);
    } else if (tryWrite(counted)) {
      return { slot, entry: join(directory, slot, content.entry), trial: counted.trial, said };
    }
    // Where a start cannot be counted there is no trial: it might go on for ever.
  }
  const { use } = record;
  if (use === 'factory') return { slot: use, entry: undefined, trial: undefined, said };
  const content = readSlot(join(directory, use));
  if (content !== undefined)
    return { slot: use, entry: join(directory, use, content.entry), trial: undefined, said };
  said.push(`the firmware in slot ${use} is not whole: the factory's is started`);
  if (isStart) tryWrite(useFactory(record));
  return { slot: 'factory', entry: undefined, trial: undefined, said };
}
