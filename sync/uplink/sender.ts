/**
 * Sends the journal's rows in their order, one batch at a time, and again after silence. The journal is the only queue: what is not
 * acknowledged is read from it anew.
 *
 * An acknowledgement names the batch that it answers, and no two batches are alike: one that is repeated later answers nothing.
 */

import type { SealedRow } from '../../device/data-ports.ts';
import { DeviceError, messageOf } from '../../device/kit/errors.ts';
import { forgetOldest } from '../../device/kit/forget-oldest.ts';
import type { Clock } from '../../device/kit/time.ts';
import { createAnswerTimer } from './answer-timer.ts';
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
  /** So long an acknowledgement is waited for at least. */
  readonly silenceMs: number;
  readonly clock: Clock;
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
  /** The back office has been heard: what waits after a silence waits no longer than usual. */
  wake(): void;
}

const longestSilenceMs = 300_000;
/** So many batches that were sent again may still be answered. */
const awaitedBatches = 16;

export function createSender(parts: SenderParts): Sender {
  const { mark, clock } = parts;
  const awaited = new Map<string, { readonly seqs: readonly number[]; readonly sentAt: number }>();
  const timer = createAnswerTimer(parts.silenceMs, longestSilenceMs);
  let acknowledge = () => {};
  let wake = () => {};

  async function sendNext(): Promise<void> {
    const rows = fitting(await parts.rowsAfter(mark.acknowledged, maxBatchRows));
    refuseTooLong(rows);
    const message = parts.sign(encodeBatch({ epoch: parts.epoch(), keyId: rows[0]?.keyId ?? '', rows }));
    remember(
      idOf(message),
      rows.map(({ seq }) => seq),
    );
    const acknowledged = new Promise<'acknowledged'>(resolve => {
      acknowledge = () => resolve('acknowledged');
    });
    await parts.publish(message);
    if ((await answerOf(acknowledged)) === 'acknowledged') return;
    timer.silent();
    parts.silent();
  }

  /** Woken from a long silence, it waits until the usual one is over. */
  async function answerOf(acknowledged: Promise<'acknowledged'>): Promise<'acknowledged' | 'silence'> {
    for (const since = clock(); ; ) {
      const woken = new Promise<'woken'>(resolve => {
        wake = () => resolve('woken');
      });
      const leftMs = Math.max(0, since + timer.waitMs - clock());
      const how = await parts.pause(leftMs, Promise.race([acknowledged, woken]));
      if (how !== 'woken') return how;
      timer.forgetSilences();
    }
  }

  function remember(id: string, seqs: readonly number[]): void {
    awaited.set(id, { seqs, sentAt: clock() });
    forgetOldest(awaited, awaitedBatches);
  }

  return {
    async run() {
      timer.forgetSilences();
      for (;;) await sendNext();
    },
    hear({ answers, taken, refused }) {
      const answered = awaited.get(answers);
      if (answered === undefined) return;
      awaited.delete(answers);
      timer.answered(clock() - answered.sentAt);
      const open = answered.seqs.filter(seq => seq > mark.acknowledged);
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
      acknowledge();
    },
    wake: () => wake(),
  };
}

function refuseTooLong(rows: readonly SealedRow[]): void {
  const long = rows.find(({ sealed }) => sealed.length > maxSealedBytes);
  if (long !== undefined)
    throw new DeviceError('protocol', 'uplink', `row ${long.seq} of the journal is too long`);
}
