/**
 * How far a validator's rows have come, in a file beside the journal: whole or not there, on the disk when `advance` returns. Without it
 * rows are sent once more, which harms nothing.
 */
import { z } from 'zod';
import { writeDurably } from '../../device/kit/durable-file.ts';
import { readOwnFile } from '../../device/kit/own-file.ts';

const seq = z.int().min(0);
const mostRefused = 1000;
const schema = z.strictObject({
  device: z.string(),
  /** Of the connection to the broker; higher each time. */
  connection: z.int().min(0),
  /** Of the journal that the rest is about. */
  epoch: z.int().min(1).default(1),
  /** Every row up to it is with the back office, or was refused by it. */
  acknowledged: seq,
  /** Rows that the back office will not take: how many, the last of them, and the newest, which stay in the journal. */
  refused: z.strictObject({ rows: seq, last: seq, newest: z.array(seq).max(mostRefused).default([]) }),
});

type Noted = z.infer<typeof schema>;

export interface Mark {
  readonly epoch: number;
  readonly acknowledged: number;
  readonly refused: Noted['refused'];
  /** @param refused which of the rows since then were. @throws the system's error: then the file is behind */
  advance(acknowledged: number, refused: readonly number[]): void;
  /** The journal is another one: all its rows are to be sent. */
  begin(epoch: number): void;
  /**
   * By the time in seconds, so that it is higher also where the file was lost.
   * @param now Unix milliseconds
   * @returns the number of a new connection
   */
  nextConnection(now: number): number;
}

export function openMark(path: string, device: string): Mark {
  let noted = read(path, device);

  function note(changes: Partial<Noted>): void {
    noted = { ...noted, ...changes };
    writeDurably(path, `${JSON.stringify(noted)}\n`, 0o600);
  }

  /** What the disk does not take is noted with the next acknowledgement. */
  function noteIfPossible(changes: Partial<Noted>): void {
    try {
      note(changes);
    } catch {}
  }

  return {
    get epoch() {
      return noted.epoch;
    },
    get acknowledged() {
      return noted.acknowledged;
    },
    get refused() {
      return noted.refused;
    },
    advance(acknowledged, refused) {
      const rows = noted.refused.rows + refused.length;
      const newest = [...noted.refused.newest, ...refused].slice(-mostRefused);
      note({ acknowledged, refused: { rows, last: refused.at(-1) ?? noted.refused.last, newest } });
    },
    begin: epoch => noteIfPossible({ epoch, ...noneYet }),
    nextConnection(now) {
      noteIfPossible({ connection: Math.max(noted.connection + 1, Math.floor(now / 1000)) });
      return noted.connection;
    },
  };
}

const noneYet = { acknowledged: 0, refused: { rows: 0, last: 0, newest: [] } };

function read(path: string, device: string): Noted {
  const nothing = { device, connection: 0, epoch: 1, ...noneYet };
  try {
    const noted = schema.parse(JSON.parse(readOwnFile(path).toString()));
    return noted.device === device ? noted : nothing;
  } catch {
    return nothing;
  }
}
