/**
 * A second witness of the journal's last number, in a file of its own: SQLite silently ends at the first damaged frame of its
 * WAL, so a journal cannot know by itself that it has lost rows.
 *
 * Two records in two pages are written in turn, so that a cut write leaves the other. A record is 56 bytes: `FVJW`, a version (2),
 * the first 8 bytes of SHA-256 of the device's name, the last number, how many rows were lost in all, the journal's epoch (u64,
 * big-endian), and the first 16 bytes of SHA-256 of what comes before. Of version 1 it has no epoch, which was 1.
 *
 * The row is on the disk before its number is noted, and nobody waits for the note: it is written at once, so that it survives
 * the process, and fsynced beside the next work, some milliseconds later. If the power is cut in between, the witness is behind
 * the journal, and the journal counts.
 *
 * A third page holds nothing: `check` writes it, for only a write tells whether the disk still takes one.
 */
import { createHash } from 'node:crypto';
import {
  closeSync,
  constants,
  fdatasync,
  fdatasyncSync,
  fstatSync,
  readSync,
  statSync,
  write as writeAsync,
  writeSync,
} from 'node:fs';
import { promisify } from 'node:util';
import { openOwnFile } from '../kit/own-file.ts';

export interface Witnessed {
  readonly epoch: number;
  readonly lastSeq: number;
  /** Rows that were lost, since the first. */
  readonly lost: number;
}

export interface SeqWitness {
  /** What it knew when it was opened; undefined if it knew nothing. */
  readonly known: Witnessed | undefined;
  /** @throws the system's error */
  note(now: Witnessed): void;
  /**
   * Puts the file back if it was taken away, and resolves when the disk has taken a write. Nothing else is to be asked for before
   * it settles but `note`. Rejects with the system's error.
   */
  check(): Promise<void>;
  close(): void;
}

const magic = Buffer.from('FVJW\x00\x00\x00\x02', 'latin1');
const magicBefore = Buffer.from('FVJW\x00\x00\x00\x01', 'latin1');
const pageBytes = 4096;
const probedPage = 2;
const fileBytes = 3 * pageBytes;
const sealBytes = 16;
const recordBytes = 56;
const recordBytesBefore = 48;

/** @throws the system's error */
export function openSeqWitness(path: string, device: string): SeqWitness {
  const owner = createHash('sha256').update(device).digest().subarray(0, 8);
  let fd = openFile(path);
  const known = newest([0, 1].map(page => readRecord(fd, page, owner)));
  let last = known;
  let page = 0;
  let syncing = false;
  let isDirty = false;

  function write(now: Witnessed): void {
    writeSync(fd, recordOf(now, owner), 0, recordBytes, page * pageBytes);
    page = 1 - page;
    isDirty = true;
    sync();
  }

  function sync(): void {
    if (syncing || !isDirty) return;
    syncing = true;
    isDirty = false;
    fdatasync(fd, () => {
      syncing = false;
      sync();
    });
  }

  function putBack(): void {
    const there = statSync(path, { throwIfNoEntry: false });
    if (there?.ino === fstatSync(fd).ino) return;
    const replaced = fd;
    fd = openFile(path);
    closeSync(replaced);
    if (last !== undefined) write(last);
  }

  return {
    known,
    note(now) {
      last = now;
      write(now);
    },
    async check() {
      putBack();
      await probe(fd);
    },
    close() {
      isDirty = false;
      try {
        fdatasyncSync(fd);
      } catch {
        // The disk has broken down: the journal counts.
      }
      closeSync(fd);
    },
  };
}

/** Not on this thread: a disk that hangs must not hang a tap. */
async function probe(fd: number): Promise<void> {
  await promisify(writeAsync)(fd, Buffer.alloc(1), 0, 1, probedPage * pageBytes);
  await promisify(fdatasync)(fd);
}

/** It has its full size from the beginning, so that a full disk hinders no note. */
function openFile(path: string): number {
  const fd = openOwnFile(path, constants.O_RDWR | constants.O_CREAT);
  try {
    const { size } = fstatSync(fd);
    if (size < fileBytes) {
      writeSync(fd, Buffer.alloc(fileBytes - size), 0, fileBytes - size, size);
      fdatasyncSync(fd);
    }
    return fd;
  } catch (error) {
    closeSync(fd);
    throw error;
  }
}

function recordOf({ epoch, lastSeq, lost }: Witnessed, owner: Buffer): Buffer {
  const record = Buffer.alloc(recordBytes);
  magic.copy(record);
  owner.copy(record, 8);
  record.writeBigUInt64BE(BigInt(lastSeq), 16);
  record.writeBigUInt64BE(BigInt(lost), 24);
  record.writeBigUInt64BE(BigInt(epoch), 32);
  sealOf(record).copy(record, recordBytes - sealBytes);
  return record;
}

function readRecord(fd: number, page: number, owner: Buffer): Witnessed | undefined {
  const read = Buffer.alloc(recordBytes);
  readSync(fd, read, 0, recordBytes, page * pageBytes);
  const isBefore = read.subarray(0, 8).equals(magicBefore);
  const record = isBefore ? read.subarray(0, recordBytesBefore) : read;
  const isOurs = (isBefore || read.subarray(0, 8).equals(magic)) && read.subarray(8, 16).equals(owner);
  if (!isOurs || !sealOf(record).equals(record.subarray(-sealBytes))) return undefined;
  const number = (at: number) => Number(record.readBigUInt64BE(at));
  return { epoch: isBefore ? 1 : number(32), lastSeq: number(16), lost: number(24) };
}

function sealOf(record: Buffer): Buffer {
  return createHash('sha256').update(record.subarray(0, -sealBytes)).digest().subarray(0, sealBytes);
}

function newest(records: readonly (Witnessed | undefined)[]): Witnessed | undefined {
  return records
    .filter(record => record !== undefined)
    .sort((a, b) => b.epoch - a.epoch || b.lastSeq - a.lastSeq)[0];
}
