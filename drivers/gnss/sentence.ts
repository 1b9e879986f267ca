/**
 * Text as it comes from a receiver → the NMEA 0183 sentences in it that tell time and place: RMC, GGA, GNS, ZDA.
 *
 * A right checksum says that nothing was damaged on the way. Then each field stands for itself, by its place: one that is missing,
 * empty, impossible or unknown is not known, and says nothing against the others. A sentence without a checksum is not believed.
 * Sentences are looked for anywhere in a line: binary messages (UBX, RTCM) and lost line ends glue them together.
 */
import type { Position } from '../../device/core/stop.ts';
import { clockOf, countOf, dateOf, positionOf, shortDateOf } from './fields.ts';

export interface Sentence {
  readonly type: 'RMC' | 'GGA' | 'GNS' | 'ZDA';
  /** Milliseconds since midnight, UTC; undefined while the receiver does not know. */
  readonly timeOfDayMs: number | undefined;
  /** With the date, Unix milliseconds; of RMC and ZDA only. */
  readonly time?: number | undefined;
  /** One that the receiver vouches for: it was measured, not typed in or simulated. */
  readonly position?: Position | undefined;
  /** It says itself that it has none; of RMC only. */
  readonly deniesPosition?: boolean;
  /** How many are in use; of GGA and GNS only. */
  readonly satellites?: number | undefined;
}

export interface Reading {
  readonly sentences: readonly Sentence[];
  /** How many had a wrong checksum. */
  readonly refused: number;
  /** How many had none. */
  readonly unchecked: number;
  /** How many tell something else, or are not a receiver's. */
  readonly others: number;
}

/** Address, printable fields, checksum. */
const form = /\$([A-Z][A-Z0-9]{2,9}),([ -#%-)+-~]*)(?:\*([0-9A-Fa-f]{2}))?/g;
/**
 * Talker and type. Talkers of satellite receivers begin with G; BD and QZ are older ones of BeiDou and QZSS, and IN are those that
 * measure movement too. An address that begins with P is the maker's own.
 */
const addressForm = /^(?:G[A-Z]|BD|QZ|IN)(RMC|GGA|GNS|ZDA)$/;
const dayMs = 86_400_000;

/** Never throws. */
export function readSentences(line: string): Reading {
  const sentences: Sentence[] = [];
  const count = { refused: 0, unchecked: 0, others: 0 };
  for (const [, address = '', fields = '', checksum] of line.matchAll(form)) {
    const type = addressForm.exec(address)?.[1];
    if (checksum === undefined) count.unchecked++;
    else if (checksumOf(`${address},${fields}`) !== Number.parseInt(checksum, 16)) count.refused++;
    else if (type === undefined) count.others++;
    else sentences.push(understand(type as Sentence['type'], fields.split(',')));
  }
  return { sentences, ...count };
}

function checksumOf(text: string): number {
  return Buffer.from(text, 'latin1').reduce((sum, byte) => sum ^ byte, 0);
}

/**
 * Letters for what was measured: autonomous, differential, estimated, RTK with whole and with real numbers, precise. They are RMC's
 * and GNS's modes. As RMC's status, which is A or V, Unicore's UM960 sends D as well (github.com/opengisch/QField/issues/5151).
 */
const measured = /[ADERFP]/;
/** Void, as a status; not valid, typed in, simulated, as status or mode. */
const deniedStatus = /^[VNMS]$/;
const deniedMode = /^[NMS]$/;
/** GGA's: 7 is typed in, 8 simulated; 9 is NovAtel's for SBAS (docs.novatel.com/OEM7/Content/Logs/GPGGA.htm). */
const measuredQuality = /^[1-69]$/;

/** @param fields those after the address */
function understand(type: Sentence['type'], fields: readonly string[]): Sentence {
  const field = (index: number) => fields[index] ?? '';
  const placeAt = (index: number) =>
    positionOf(field(index), field(index + 1), field(index + 2), field(index + 3));
  const clockMs = clockOf(field(0));
  const timeOn = (midnight: number | undefined) =>
    clockMs === undefined || midnight === undefined ? undefined : midnight + clockMs;
  const timed = { type, timeOfDayMs: clockMs === undefined ? undefined : clockMs % dayMs };
  switch (type) {
    case 'RMC': {
      const [status, mode] = [field(1), field(11)];
      const deniesPosition = deniedStatus.test(status) || deniedMode.test(mode);
      const position = measured.test(status) && !deniesPosition ? placeAt(2) : undefined;
      return { ...timed, time: timeOn(shortDateOf(field(8))), position, deniesPosition };
    }
    case 'GGA': {
      const position = measuredQuality.test(field(5)) ? placeAt(1) : undefined;
      return { ...timed, position, satellites: countOf(field(6)) };
    }
    case 'GNS': {
      // A mode for each satellite system.
      const position = measured.test(field(5)) && !/[MS]/.test(field(5)) ? placeAt(1) : undefined;
      return { ...timed, position, satellites: countOf(field(6)) };
    }
    case 'ZDA':
      return { ...timed, time: timeOn(dateOf(field(1), field(2), field(3))) };
  }
}
