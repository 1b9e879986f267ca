/** What can be wrong with the PSAM in a validator's slot. Each is a PSAM of the same number, which counts on. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { WireCard, WireReply } from './vpcd-card.ts';

type Respond = (
  command: Uint8Array,
  beneath: () => WireReply | Promise<WireReply>,
) => ReturnType<typeof beneath>;

/** INIT_SAM_FOR_PURCHASE */
const initSam = 0x70;
/** Well within the firmware's limit for one command, and long enough that a purchase is noticed. */
const slowMs = 150;

const always =
  (statusWord: number): Respond =>
  () =>
    Uint8Array.of(statusWord >> 8, statusWord & 0xff);

const faults = {
  /** By its issuer. */
  blocked: always(0x6983),
  /** Its date is over. */
  expired: always(0x6985),
  /** It gives its number, and serves no purchase for now. */
  'rate-limited': (command, beneath) => (command[1] === initSam ? Uint8Array.of(0x69, 0x85) : beneath()),
  /** MAC1 is none that a card takes. */
  'wrong-keys': async (command, beneath) => {
    const reply = await beneath();
    if (command[1] !== initSam || !(reply instanceof Uint8Array)) return reply;
    return reply.map((byte, i) => (i >= 4 && i < 8 ? byte ^ 0xff : byte));
  },
  slow: async (_command, beneath) => {
    await sleep(slowMs, undefined, { ref: false });
    return beneath();
  },
  silent: () => 'silent',
} satisfies Record<string, Respond>;

export type PsamFault = keyof typeof faults;
export const psamFaults = Object.keys(faults) as PsamFault[];

export function faultyPsam(psam: WireCard, fault: PsamFault): WireCard {
  const respond: Respond = faults[fault];
  return { ...psam, respond: command => respond(command, () => psam.respond(command)) };
}
