/** The boot record's file, `boot.json` in the firmware's directory; it is replaced as a whole and durably. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeDurably } from '../kit/durable-file.ts';
import { type BootRecord, factoryRecord, readRecord } from './boot-record.ts';

/** @returns the factory's where there is none, or it is damaged: that one always starts. @throws the system's error */
export function readBoot(directory: string): BootRecord {
  const path = bootFile(directory);
  if (!existsSync(path)) return factoryRecord;
  return readRecord(readFileSync(path, 'utf8')) ?? factoryRecord;
}

/** On return the disk has it. @throws the system's error; then the one before still counts */
export function writeBoot(directory: string, record: BootRecord): void {
  writeDurably(bootFile(directory), `${JSON.stringify(record)}\n`, 0o600);
}

export function bootFile(directory: string): string {
  return join(directory, 'boot.json');
}
