/** Holds cards to readers from a thread of its own, as a passenger is no part of the firmware's process either. */
import { isMainThread, parentPort, Worker } from 'node:worker_threads';
import { insertCard } from '../../../sim/wires/vpcd-card.ts';
import { cardOf } from '../people.ts';

interface Order {
  readonly port: number;
  readonly serial: number;
}

export interface CardHand {
  /** Resolves, when the card has been taken away again, to when it was held there: milliseconds of `sharedNow`. */
  tap(order: Order, noticed: Promise<unknown>): Promise<number>;
  close(): Promise<unknown>;
}

/** The same clock in every thread. */
export function sharedNow(): number {
  return performance.timeOrigin + performance.now();
}

export function createCardHand(): CardHand {
  const worker = new Worker(new URL(import.meta.url));
  const answer = () => new Promise<number>(resolve => worker.once('message', resolve));
  return {
    async tap(order, noticed) {
      const held = answer();
      worker.postMessage(order);
      const at = await held;
      await noticed;
      const removed = answer();
      worker.postMessage('remove');
      await removed;
      return at;
    },
    close: () => worker.terminate(),
  };
}

function work(): void {
  let remove: (() => Promise<void>) | undefined;
  parentPort?.on('message', async (order: Order | 'remove') => {
    if (order === 'remove') {
      await remove?.();
      parentPort?.postMessage(0);
      return;
    }
    const at = sharedNow();
    ({ remove } = await insertCard({ host: '127.0.0.1', port: order.port, card: cardOf(order.serial) }));
    parentPort?.postMessage(at);
  });
}

if (!isMainThread) work();
