/**
 * Presents what a scanner module's line brings, as far as it can be what people hold before it, and notes what a technician
 * should know of the rest.
 *
 * A ride code is always presented, at most 20 a second in the long run: each is a row of the journal, and whoever has the wire must
 * not fill the disk. Of all else, codes cut short among it, a salvo is refused once, not at all if it arrives together with a ride
 * code or right after one, and never in the place of a ride code that waits.
 */
import { isRideCode } from '../../device/core/ride-code.ts';
import { newestInTurn } from '../../device/kit/newest-in-turn.ts';
import type { CodeRead, CodeReaderEvents } from '../../device/ports.ts';
import { createNotes } from './notes.ts';
import type { Printed } from './printed.ts';
import { createSalvos, type Refused } from './salvo.ts';

/** Far more than a day's passengers: some 6 MB of journal. */
const burst = 30_000;
const codesPerS = 20;

interface Presenting {
  print(printed: Printed): void;
  /** Nothing is presented or noted afterwards. */
  stop(): void;
}

/** @param nowMs of a clock that never goes back */
export function presentEach(
  { presented, note }: Pick<CodeReaderEvents, 'presented' | 'note'>,
  nowMs = () => performance.now(),
): Presenting {
  const turns = newestInTurn<CodeRead>({ burst, perS: codesPerS, passOn: presented, weight });
  const notes = createNotes(text => note?.(text));
  const salvos = createSalvos();
  /** Its turn comes when all that has arrived with it is read. */
  let refused: CodeRead | undefined;
  let hasRideCode = false;
  let together: NodeJS.Immediate | undefined;

  function settle(): void {
    together = undefined;
    hasRideCode = false;
    if (refused !== undefined) turns.offer(refused);
    refused = undefined;
  }

  function presentRide(bytes: Uint8Array): void {
    hasRideCode = true;
    refused = undefined;
    salvos.rideCame(nowMs());
    turns.offer({ bytes });
  }

  function pendRefusal(printed: Refused): void {
    const isPresentation = salvos.isPresentation(printed, nowMs());
    notes.add(salvos.advice());
    if (isPresentation && !hasRideCode) refused = refusalOf(printed);
  }

  return {
    print(printed) {
      notes.add(printed.advice);
      const { is, bytes, advice } = printed;
      if (is === 'talk') return;
      together ??= setImmediate(settle);
      if (is === 'code' && isRideCode(bytes)) presentRide(bytes);
      else pendRefusal({ is, bytes, advice });
    },
    stop() {
      clearImmediate(together);
      turns.stop();
      notes.stop();
    },
  };
}

function refusalOf(printed: Refused): CodeRead {
  if (printed.is !== 'damaged') return { bytes: printed.bytes };
  return { refused: 'malformed', ...(printed.advice !== '' && { why: printed.advice }) };
}

function weight(read: CodeRead): number {
  return 'bytes' in read && isRideCode(read.bytes) ? 1 : 0;
}
