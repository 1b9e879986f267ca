/** Fields of NMEA 0183 sentences → values; undefined for what is empty or impossible. */
import type { Position } from '../../device/core/stop.ts';

const clockForm = /^(\d\d)(\d\d)(\d\d)(?:\.(\d*))?$/;

/**
 * @returns milliseconds since midnight, UTC. Second 60 is a leap second only at 23:59, and the time of the second after it, as in
 * POSIX
 */
export function clockOf(hhmmss: string): number | undefined {
  const [, hours = '', minutes = '', seconds = '', fraction = ''] = clockForm.exec(hhmmss) ?? [];
  const isLeap = `${hours}${minutes}${seconds}` === '235960';
  const isPossible = hours < '24' && minutes < '60' && (seconds < '60' || isLeap);
  if (hours === '' || !isPossible) return undefined;
  const wholeS = (Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds);
  return wholeS * 1000 + Number(fraction.padEnd(3, '0').slice(0, 3));
}

/** @returns its midnight in Unix milliseconds; years are 1973 to 2072 */
export function shortDateOf(ddmmyy: string): number | undefined {
  const [, day = '', month = '', year = ''] = /^(\d\d)(\d\d)(\d\d)$/.exec(ddmmyy) ?? [];
  return dateOf(day, month, `${Number(year) < 73 ? 20 : 19}${year}`);
}

/** @returns its midnight in Unix milliseconds; years are 1900 to 2099 */
export function dateOf(day: string, month: string, year: string): number | undefined {
  if (!/^\d\d$/.test(day) || !/^\d\d$/.test(month) || !/^(?:19|20)\d\d$/.test(year)) return undefined;
  const midnight = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)));
  const isThere = midnight.getUTCMonth() === Number(month) - 1 && midnight.getUTCDate() === Number(day);
  return isThere ? midnight.getTime() : undefined;
}

const latitudeForm = /^(\d\d)([0-5]\d(?:\.\d*)?)$/;
const longitudeForm = /^(\d{3})([0-5]\d(?:\.\d*)?)$/;

/** 0° N 0° E is no place: receivers without a fix tell it. */
export function positionOf(
  latitude: string,
  northSouth: string,
  longitude: string,
  eastWest: string,
): Position | undefined {
  const latitudeDeg = degreesOf(latitudeForm.exec(latitude), ['N', 'S'].indexOf(northSouth));
  const longitudeDeg = degreesOf(longitudeForm.exec(longitude), ['E', 'W'].indexOf(eastWest));
  if (latitudeDeg === undefined || longitudeDeg === undefined) return undefined;
  const isPossible = Math.abs(latitudeDeg) <= 90 && Math.abs(longitudeDeg) <= 180;
  const isNowhere = latitudeDeg === 0 && longitudeDeg === 0;
  return isPossible && !isNowhere ? { latitudeDeg, longitudeDeg } : undefined;
}

/** @param side 0 for north and east, 1 for south and west, -1 for neither */
function degreesOf(parts: readonly string[] | null, side: number): number | undefined {
  if (parts === null || side === -1) return undefined;
  const degrees = Number(parts[1]) + Number(parts[2]) / 60;
  return side === 0 ? degrees : -degrees;
}

export function countOf(digits: string): number | undefined {
  return /^\d{1,3}$/.test(digits) && Number(digits) < 200 ? Number(digits) : undefined;
}
