/**
 * Watches all slots, and uses one: those of one device come one after the other, so that the choice waits a moment. What a
 * slot has said by then is said again to the field that takes it.
 */
import type { PcscReader, ReaderStatus } from 'nfc-pcsc';
import type { ReaderSlot } from '../../../device/ports.ts';
import { chooseSlot, describeSlots } from './slots.ts';

export interface SlotsListener {
  note?(text: string): void;
  slots?(seen: readonly ReaderSlot[]): void;
}

export interface Slots {
  add(pcsc: PcscReader): void;
  names(): readonly string[];
  /** Undefined until one has been chosen. */
  used(): string | undefined;
}

interface Slot {
  readonly pcsc: PcscReader;
  status: ReaderStatus | undefined;
}

const chooseAfterMs = 100;

/**
 * @param wanted part of the name of the slot to use
 * @param take uses this one
 * @param listener told of the slots, and in words of those that are not used and of cards in them
 */
export function createSlots(
  wanted: string | undefined,
  take: (pcsc: PcscReader) => void,
  listener: SlotsListener = {},
): Slots {
  const slots: Slot[] = [];
  let used: Slot | undefined;

  function choose(): void {
    if (used !== undefined) return;
    const name = chooseSlot(names(), wanted);
    used = slots.find(({ pcsc }) => pcsc.name === name);
    if (used === undefined) return;
    take(used.pcsc);
    if (used.status !== undefined) used.pcsc.emit('status', used.status);
    tell();
  }

  function tell(): void {
    listener.slots?.(
      slots.map(slot => ({
        name: nameOf(slot),
        isUsed: slot === used,
        hasForgottenCard: slot !== used && hasCard(slot),
      })),
    );
    if (used === undefined) return;
    const others = slots.filter(slot => slot !== used);
    const withCard = others.filter(hasCard);
    listener.note?.(describeSlots(used.pcsc.name, others.map(nameOf), withCard.map(nameOf)));
  }

  function names(): string[] {
    return slots.map(nameOf);
  }

  return {
    add(pcsc) {
      const slot: Slot = { pcsc, status: undefined };
      slots.push(slot);
      // nfc-pcsc's own: it would connect to every reader's cards.
      pcsc.removeAllListeners('status');
      pcsc.on('status', (status: ReaderStatus) => {
        slot.status = status;
        if (slot !== used) tell();
      });
      pcsc.on('error', () => {});
      pcsc.on('end', () => {
        if (slot === used) return;
        slots.splice(slots.indexOf(slot), 1);
        tell();
      });
      if (used === undefined) setTimeout(choose, chooseAfterMs);
      else tell();
    },
    names,
    used: () => used?.pcsc.name,
  };
}

function hasCard({ pcsc, status }: Slot): boolean {
  return ((status?.state ?? 0) & pcsc.SCARD_STATE_PRESENT) !== 0;
}

function nameOf({ pcsc }: Slot): string {
  return pcsc.name;
}
