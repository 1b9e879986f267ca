/**
 * Sends the journal's rows in their order, one batch at a time, and again after silence. The journal is the only queue: what is not
 * acknowledged is read from it anew.
 *
 * An acknowledgement names the batch that it answers, and no two batches are alike: one that is repeated later answers nothing.
 */
import { DeviceError, messageOf } from '../../device/kit/errors.ts';
import { forgetOldest } from '../../device/kit/forget-oldest.ts';
import type { SealedRow } from '../../device/ports.ts';
import { encodeBatch, fitting, maxBatchRows } from './batch.ts';
import type { Mark } from './mark.ts';
import { type Bodies, isIn } from './messages.ts';
import { maxSealedBytes } from './sealed-row.ts';
import { idOf } from './signed-message.ts';

type Wake = 'acknowledged' | 'woken';

export interface SenderParts {
  /** Of the journal, as it is now. */
  readonly epoch: () => number;
  readonly mark: Mark;
  /** So long an acknowledgement is waited for at first. */
  readonly silenceMs: number;
  /** Resolves when there is one. @returns at most `limit` rows after `seq`, in their order */
  rowsAfter(seq: number, limit: number): Promise<readonly SealedRow[]>;
  /** @returns the message, signed */
  sign(body: Uint8Array): Buffer;
  /** Rejects with DeviceError when the connection is gone. */
  publish(message: Buffer): Promise<void>;
  /** Resolves as `until` does, or when the time is over; rejects when the connection is gone. */
  pause(ms: number, until: Promise<Wake>): Promise<Wake | 'silence'>;
  /** After each acknowledgement, and with what hindered its note. */
  progress(problem: DeviceError | undefined): void;
  /** Nothing was acknowledged in time. */
  silent(): void;
}

export interface Sender {
  /** For as long as a connection is there: rejects when it is gone. */
  run(): Promise<never>;
  /** @param ack one that the back office has signed */
  hear(ack: Bodies['ack']): void;
  /** The back office has been heard: waiting is over. */
  wake(): void;
}

const longestSilenceMs = 300_000;
/** So many batches that were sent again may still be answered. */
const awaitedBatches = 16;

export function createSender(parts: SenderParts): Sender {
  const { mark } = parts;
  const awaited = new Map<string, readonly number[]>();
  let { silenceMs } = parts;
  let end: (why: Wake) => void = () => {};

  async function sendNext(): Promise<void> {
    const rows = fitting(await parts.rowsAfter(mark.acknowledged, maxBatchRows));
    refuseTooLong(rows);
    const message = parts.sign(encodeBatch({ epoch: parts.epoch(), keyId: rows[0]?.keyId ?? '', rows }));
    remember(
      idOf(message),
      rows.map(({ seq }) => seq),
    );
    const answered = new Promise<Wake>(resolve => {
      end = resolve;
    });
    await parts.publish(message);
    if ((await parts.pause(silenceMs, answered)) === 'silence') {
      silenceMs = Math.min(2 * silenceMs, longestSilenceMs);
      parts.silent();
    } else silenceMs = parts.silenceMs;
  }

  function remember(id: string, seqs: readonly number[]): void {
    awaited.set(id, seqs);
    forgetOldest(awaited, awaitedBatches);
  }

  return {
    async run() {
      silenceMs = parts.silenceMs;
      for (;;) await sendNext();
    },
    hear({ answers, taken, refused }) {
      const open = (awaited.get(answers) ?? []).filter(seq => seq > mark.acknowledged);
      awaited.delete(answers);
      const missing = open.findIndex(seq => !isIn(taken, seq) && !isIn(refused, seq));
      const settled = missing === -1 ? open : open.slice(0, missing);
      const last = settled.at(-1);
      if (last === undefined) return;
      let problem: DeviceError | undefined;
      try {
        const bad = settled.filter(seq => !isIn(taken, seq));
        mark.advance(last, bad);
      } catch (error) {
        problem = new DeviceError('storage', 'uplink', messageOf(error), error);
      }
      parts.progress(problem);
      end('acknowledged');
    },
    wake: () => end('woken'),
  };
}

function refuseTooLong(rows: readonly SealedRow[]): void {
  const long = rows.find(({ sealed }) => sealed.length > maxSealedBytes);
  if (long !== undefined)
    throw new DeviceError('protocol', 'uplink', `row ${long.seq} of the journal is too long`);
}
