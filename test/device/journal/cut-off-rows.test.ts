/**
 * What a cut of the power, or kill -9, leaves between a row and its number's note: every state of the files in between, and
 * a bit of the log flipped besides.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { openJournal } from '../../../device/journal/journal.ts';
import { suite, type TestContext } from '../../harness.ts';
import { temporaryDirectory } from '../../temporary.ts';
import { journalEntry } from './journal-entry.ts';

const rows = 8;
const device = 'bus-1';
const logHeaderBytes = 32;
const frameHeaderBytes = 24;
const frameBytes = frameHeaderBytes + 4096;

/** The files as they are after each row, the last one's at the end. */
interface Recorded {
  readonly journal: Buffer;
  readonly logs: readonly Buffer[];
  readonly notes: readonly Buffer[];
}

function record(context: TestContext): Recorded {
  const path = join(temporaryDirectory(context), 'running');
  const journal = openJournal(path, device);
  const logs: Buffer[] = [];
  const notes: Buffer[] = [];
  const look = () => {
    logs.push(readFileSync(`${path}-wal`));
    notes.push(readFileSync(`${path}-seq`));
  };
  look();
  for (let row = 1; row <= rows; row++) {
    assert.is(journal.append(journalEntry()), row);
    look();
  }
  const file = readFileSync(path);
  journal.close();
  return { journal: file, logs, notes };
}

/** @returns what the next start finds, and the number of the next row */
function startFrom(directory: string, journal: Buffer, log: Buffer, note: Buffer) {
  mkdirSync(directory, { mode: 0o700 });
  const path = join(directory, 'journal.sqlite');
  for (const [end, bytes] of Object.entries({ '': journal, '-wal': log, '-seq': note })) {
    writeFileSync(`${path}${end}`, bytes, { mode: 0o600 });
  }
  const opened = openJournal(path, device);
  try {
    const found = {
      lost: opened.lost,
      seqs: opened
        .newest(rows)
        .map(({ seq }) => seq)
        .reverse(),
    };
    return { ...found, next: opened.append(journalEntry()) };
  } finally {
    opened.close();
  }
}

const upTo = (seq: number) => Array.from({ length: seq }, (_, i) => i + 1);

suite('rows cut off', test => {
  test('killed at each step of a row: it is there whole or not at all, no gap, nothing told', context => {
    const { journal, logs, notes } = record(context);
    const directory = temporaryDirectory(context);
    let step = 0;
    for (let row = 1; row <= rows; row++) {
      const [before = Buffer.of(), after = Buffer.of()] = logs.slice(row - 1, row + 1);
      const [note = Buffer.of(), nextNote = Buffer.of()] = notes.slice(row - 1, row + 1);
      const isFrameEnd = (at: number) => (at - logHeaderBytes) % frameBytes === 0;
      assert.ok(after.length > before.length && isFrameEnd(after.length), 'a row appends frames');
      // The log begins with the first row.
      for (let at = Math.max(before.length, logHeaderBytes); at < after.length; at += frameBytes) {
        for (const cut of [at, at + frameHeaderBytes, at + frameBytes / 2]) {
          const found = startFrom(join(directory, String(step++)), journal, after.subarray(0, cut), note);
          assert.equal(
            found,
            { lost: undefined, seqs: upTo(row - 1), next: row },
            `row ${row} cut at ${cut}`,
          );
        }
      }
      for (const known of [note, nextNote]) {
        const found = startFrom(join(directory, String(step++)), journal, after, known);
        assert.equal(found, { lost: undefined, seqs: upTo(row), next: row + 1 }, `row ${row} written`);
      }
    }
  });

  test('a bit of any frame flipped, and the newest rows not yet noted: what was noted is never lost unsaid, nor given again', context => {
    const { journal, logs, notes } = record(context);
    const directory = temporaryDirectory(context);
    const log = logs.at(-1) ?? Buffer.of();
    for (const unnoted of [0, 1, 2]) {
      const noted = rows - unnoted;
      for (let at = logHeaderBytes + 4 + frameHeaderBytes; at < log.length; at += frameBytes) {
        const damaged = Buffer.from(log);
        damaged[at] = (damaged[at] ?? 0) ^ 0x10;
        const what = `frame at ${at}, ${unnoted} not noted`;
        const { lost, seqs, next } = startFrom(
          join(directory, `${unnoted}-${at}`),
          journal,
          damaged,
          notes[noted] ?? Buffer.of(),
        );
        assert.equal(seqs, upTo(seqs.length), what);
        assert.equal(lost, seqs.length < noted ? { first: seqs.length + 1, last: noted } : undefined, what);
        // What no file knows of is the limit: rows of the last milliseconds, and damage to nothing but them.
        assert.ok(lost === undefined ? next === seqs.length + 1 : next > rows, `${what}: ${next}`);
      }
    }
  });
});
