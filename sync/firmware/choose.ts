/** Which of the firmware that is announced is for this validator. */
import { type BootRecord, hasFailed, type Slot } from '../../device/update/boot-record.ts';
import { foreignTo, type SlotContent } from '../../device/update/slot.ts';
import { type FirmwareTarget, type RingMember, ringsOf } from '../feed/firmware-target.ts';

/** What runs here. */
export interface Running {
  readonly slot: Slot;
  readonly version: string;
  /** Of its slot; undefined for the factory's. */
  readonly content: SlotContent | undefined;
}

export type Wanted =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'this'; readonly target: FirmwareTarget }
  | { readonly kind: 'refused'; readonly target: FirmwareTarget; readonly why: string };

/** The narrowest ring counts. Whether its version is higher does not: which is the newest decision, TUF says. */
export function chooseFirmware(
  targets: readonly FirmwareTarget[],
  member: RingMember,
  running: Running,
  record: BootRecord,
): Wanted {
  const inRing = ringsOf(member)
    .map(ring => targets.filter(target => target.ring === ring))
    .find(found => found.length > 0);
  if (inRing === undefined) return { kind: 'nothing' };
  const fitting = inRing.find(target => foreignTo(target) === undefined);
  if (fitting === undefined) {
    const [target] = inRing;
    if (target === undefined) return { kind: 'nothing' };
    return { kind: 'refused', target, why: foreignTo(target) ?? '' };
  }
  const isRunning =
    running.content === undefined
      ? fitting.version === running.version
      : fitting.sha256 === running.content.sha256;
  // What was given up was told when it was.
  if (isRunning || hasFailed(record, fitting)) return { kind: 'nothing' };
  return { kind: 'this', target: fitting };
}
