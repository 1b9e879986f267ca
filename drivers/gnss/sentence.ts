/**
 * Text as it comes from a receiver → the NMEA 0183 sentences in it that tell time and place: RMC, GGA, GNS, ZDA.
 *
 * The `gps` package parses them and computes the checksum. What it does not do is done here (of 0.9.0):
 * - it throws on an unusual number of fields or an unknown mode letter, and looks sentence types up in a bare object,
 *   where `toString` is one too;
 * - 31 February becomes 3 March, 25 o'clock the next day; without a date it takes the system's own;
 * - coordinates may be anything.
 *
 * So only what has the right form is believed. A sentence is looked for anywhere in a line: binary messages (UBX, RTCM)
 * and lost line ends glue sentences together. One without a checksum is none. Second 60 is a leap second only at
 * 23:59, and is the Unix time of the second after it, as in POSIX. Two-digit years are 1973 to 2072.
 */
import { GPS, type NMEA } from 'gps';
import type { Position } from '../../device/core/stop.ts';

export interface Sentence {
  readonly type: 'RMC' | 'GGA' | 'GNS' | 'ZDA';
  /** Milliseconds since midnight, UTC; undefined while the receiver does not know. */
  readonly timeOfDayMs: number | undefined;
  /** With the date, Unix milliseconds; of RMC and ZDA only. */
  readonly time: number | undefined;
  /** Undefined without a fix, and for one that is typed in or simulated. */
  readonly position: Position | undefined;
  /** How many are in use; of GGA and GNS only. */
  readonly satellites: number | undefined;
}

export interface Reading {
  readonly sentences: readonly Sentence[];
  /** How many had a wrong checksum or broke the form. */
  readonly refused: number;
  /** How many tell something else. */
  readonly others: number;
}

/** Talkers of satellite receivers, three letters, printable fields, checksum. */
const form = /\$(?:GP|GN|GB|BD|GL|GA)([A-Z]{3}),([ -#%-)+-~]*)\*[0-9A-Fa-f]{2}/g;
const used: readonly string[] = ['RMC', 'GGA', 'GNS', 'ZDA'] satisfies Sentence['type'][];
const dayMs = 86_400_000;

/** Never throws. */
export function readSentences(line: string): Reading {
  const sentences: Sentence[] = [];
  let refused = 0;
  let others = 0;
  for (const [text, type = '', fields = ''] of line.matchAll(form)) {
    if (!used.includes(type)) {
      others++;
      continue;
    }
    const parsed = parse(text);
    const sentence = parsed && understand(parsed, fields.split(','));
    if (sentence === undefined) refused++;
    else sentences.push(sentence);
  }
  return { sentences, refused, others };
}

function parse(text: string): NMEA | undefined {
  try {
    const parsed = GPS.Parse(text);
    return parsed !== false && parsed.valid ? parsed : undefined;
  } catch {
    return undefined;
  }
}

/** @param fields those after the type */
function understand(parsed: NMEA, fields: readonly string[]): Sentence | undefined {
  const nothing = { time: undefined, position: undefined, satellites: undefined };
  const [clock = ''] = fields;
  switch (parsed.type) {
    case 'RMC': {
      const isFix = parsed.status === 'active' && isMeasured(parsed.faa);
      const time = hasDate(rmcDate(fields)) ? timeOf(parsed.time, clock) : undefined;
      const position = isFix ? positionOf(parsed, fields.slice(2, 6)) : undefined;
      return { ...nothing, type: 'RMC', timeOfDayMs: timeOfDay(parsed.time, clock), time, position };
    }
    case 'GGA': {
      const isFix = parsed.quality !== null && isMeasured(parsed.quality);
      const position = isFix ? positionOf(parsed, fields.slice(1, 5)) : undefined;
      const satellites = count(parsed.satellites);
      return { ...nothing, type: 'GGA', timeOfDayMs: timeOfDay(parsed.time, clock), position, satellites };
    }
    case 'GNS': {
      // A letter for each satellite system; M and S are typed in and simulated.
      const isFix = /[ADEFPR]/.test(parsed.mode) && !/[MS]/.test(parsed.mode);
      const position = isFix ? positionOf(parsed, fields.slice(1, 5)) : undefined;
      const satellites = count(parsed.satsUsed);
      return { ...nothing, type: 'GNS', timeOfDayMs: timeOfDay(parsed.time, clock), position, satellites };
    }
    case 'ZDA': {
      const time = hasDate(zdaDate(fields)) ? timeOf(parsed.time, clock) : undefined;
      return { ...nothing, type: 'ZDA', timeOfDayMs: timeOfDay(parsed.time, clock), time };
    }
    default:
      return undefined;
  }
}

/** Receivers before NMEA 2.3 have no mode. */
function isMeasured(mode: string | null): boolean {
  return mode === null || !['not valid', 'manual input', 'manual', 'simulated'].includes(mode);
}

const clockForm = /^(?:(?:[01]\d|2[0-3])[0-5]\d[0-5]\d|235960)(?:\.\d{0,9})?$/;

function timeOf(time: Date | null, clock: string): number | undefined {
  return time !== null && clockForm.test(clock) ? time.getTime() : undefined;
}

function timeOfDay(time: Date | null, clock: string): number | undefined {
  const ms = timeOf(time, clock);
  return ms === undefined ? undefined : ((ms % dayMs) + dayMs) % dayMs;
}

/** Day, month and year as texts. */
type DateTexts = readonly [string, string, string];

function rmcDate(fields: readonly string[]): DateTexts {
  const date = /^(\d\d)(\d\d)(\d\d)$/.exec(fields[8] ?? '');
  // Any century does: 29 February is in every fourth year of both.
  return [date?.[1] ?? '', date?.[2] ?? '', `20${date?.[3] ?? ''}`];
}

function zdaDate([, day = '', month = '', year = '']: readonly string[]): DateTexts {
  return [day, month, year];
}

function hasDate([day, month, year]: DateTexts): boolean {
  if (!/^\d\d$/.test(day) || !/^\d\d$/.test(month) || !/^\d{4}$/.test(year)) return false;
  const date = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)));
  return date.getUTCMonth() === Number(month) - 1 && date.getUTCDate() === Number(day);
}

const latitudeForm = /^\d\d[0-5]\d(?:\.\d*)?$/;
const longitudeForm = /^\d{3}[0-5]\d(?:\.\d*)?$/;

function positionOf(
  { lat, lon }: { readonly lat: number | null; readonly lon: number | null },
  [latitude = '', northSouth = '', longitude = '', eastWest = '']: readonly string[],
): Position | undefined {
  const hasForm =
    latitudeForm.test(latitude) &&
    longitudeForm.test(longitude) &&
    /^[NS]$/.test(northSouth) &&
    /^[EW]$/.test(eastWest);
  if (!hasForm || lat === null || lon === null || Math.abs(lat) > 90 || Math.abs(lon) > 180) return undefined;
  return { latitudeDeg: lat, longitudeDeg: lon };
}

function count(number: number | null): number | undefined {
  return number !== null && Number.isInteger(number) && number >= 0 && number < 200 ? number : undefined;
}
