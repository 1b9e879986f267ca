/**
 * The batches that wait for the store. Of a validator one is being stored and the newest waits, whatever it sends: one that is sent again
 * costs nothing more, and who floods waits for its turn behind all others.
 */
import fastq from 'fastq';

export interface Batch {
  readonly device: string;
  readonly body: Buffer;
  /** The message's. */
  readonly id: string;
}

export interface BatchQueue {
  /** @returns false where there is no room: it is dropped */
  add(batch: Batch): boolean;
  /** Resolves when what has come is stored, or given up. */
  idle(): Promise<void>;
}

/** What is opened and what is stored keep different processors busy, and what comes together is stored together. */
const devicesAtOnce = 32;
/** Of all batches that wait: more are dropped, and their validators send them again. */
const mostWaitingBytes = 64 * 2 ** 20;

/** @param store rejects with nothing */
export function createBatchQueue(store: (batch: Batch) => Promise<void>): BatchQueue {
  /** Of each that has its turn or waits for it. */
  const newest = new Map<string, Batch | undefined>();
  const turns = fastq.promise(takeTurn, devicesAtOnce);
  let waitingBytes = 0;

  async function takeTurn(device: string): Promise<void> {
    const batch = newest.get(device);
    newest.set(device, undefined);
    if (batch !== undefined) {
      waitingBytes -= batch.body.length;
      await store(batch);
    }
    if (newest.get(device) === undefined) newest.delete(device);
    else void turns.push(device);
  }

  return {
    add(batch) {
      const { device, body } = batch;
      const bytes = waitingBytes - (newest.get(device)?.body.length ?? 0) + body.length;
      if (bytes > mostWaitingBytes) return false;
      waitingBytes = bytes;
      const isWaiting = newest.has(device);
      newest.set(device, batch);
      if (!isWaiting) void turns.push(device);
      return true;
    },
    idle: () => turns.drained(),
  };
}
