/** The SAM slot's far end: a PSAM that is in the slot whenever the firmware listens there. */
import { setTimeout as delay } from 'node:timers/promises';
import { faultyPsam, type PsamFault } from './psam-faults.ts';
import { type InsertedCard, insertCard, type WireCard } from './vpcd-card.ts';

export interface PsamPort {
  readonly port: number;
  /** Takes the PSAM out of its slot. */
  pull(): Promise<void>;
  /** Puts this one in, instead of what is there; its own unless given. */
  plug(other?: WireCard): void;
  /** Its own is in, and fails. */
  fail(fault: PsamFault): void;
  close(): Promise<void>;
}

const host = '127.0.0.1';
const redialMs = 100;

/** @param port where the firmware listens for it */
export function createPsamPort(port: number, psam: WireCard): PsamPort {
  let inSlot: WireCard | undefined = psam;
  let contact: InsertedCard | undefined;
  let isClosed = false;

  async function dial(card: WireCard): Promise<void> {
    try {
      contact = await insertCard({ host, port, card });
    } catch {
      // The firmware is not there yet, or no more.
      await delay(redialMs);
      return;
    }
    if (inSlot !== card) await contact.remove();
    await contact.removed;
    contact = undefined;
  }

  async function stay(): Promise<void> {
    while (!isClosed) {
      if (inSlot === undefined) await delay(redialMs);
      else await dial(inSlot);
    }
  }

  function plug(other: WireCard): void {
    inSlot = other;
    void contact?.remove();
  }

  const staying = stay();
  return {
    port,
    async pull() {
      inSlot = undefined;
      await contact?.remove();
    },
    plug: (other = psam) => plug(other),
    fail: fault => plug(faultyPsam(psam, fault)),
    async close() {
      isClosed = true;
      inSlot = undefined;
      await contact?.remove();
      await staying;
    },
  };
}
