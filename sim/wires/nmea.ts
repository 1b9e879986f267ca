/** What a GNSS receiver sends in one epoch, as NMEA 0183 with checksums: RMC, GGA, GSA, GSV, ZDA, like a GPS and BeiDou module. */
import type { Position } from '../../device/core/stop.ts';

export interface Epoch {
  /** UTC as the receiver believes it, in Unix milliseconds. */
  readonly time: number;
  /** Undefined without a fix. */
  readonly position: Position | undefined;
  readonly speedKmh: number;
}

/** @returns lines ended by CR LF */
export function epochText({ time, position, speedKmh }: Epoch): string {
  const [clock, day, month, year] = dateFields(new Date(time));
  const place = position === undefined ? ',,,' : coordinates(position);
  const hasFix = position !== undefined;
  const motion = hasFix ? `${(speedKmh / 1.852).toFixed(2)},` : ',';
  const satellites = hasFix ? ['05', '12', '15', '21', '24', '29'] : [];
  const twelve = Array.from({ length: 12 }, (_, i) => satellites[i] ?? '').join(',');
  return [
    `GNRMC,${clock},${hasFix ? 'A' : 'V'},${place},${motion},${day}${month}${year.slice(2)},,,${hasFix ? 'A' : 'N'},V`,
    `GNGGA,${clock},${place},${hasFix ? 1 : 0},${pad(satellites.length, 2)},${hasFix ? '0.9,48.2,M,-9.0,M' : '99.99,,M,,M'},,`,
    `GNGSA,A,${hasFix ? 3 : 1},${twelve},${hasFix ? '1.6,0.9,1.3' : '99.99,99.99,99.99'},1`,
    hasFix ? 'GPGSV,1,1,03,05,54,281,42,12,21,040,38,15,66,112,44,1' : 'GPGSV,1,1,00,1',
    hasFix ? 'GBGSV,1,1,03,21,48,190,41,24,35,255,40,29,72,020,45,1' : 'GBGSV,1,1,00,1',
    `GNZDA,${clock},${day},${month},${year},00,00`,
  ]
    .map(sentence)
    .join('');
}

/** @param body what stands between `$` and `*` */
export function sentence(body: string): string {
  let sum = 0;
  for (const byte of Buffer.from(body, 'latin1')) sum ^= byte;
  return `$${body}*${sum.toString(16).toUpperCase().padStart(2, '0')}\r\n`;
}

function dateFields(date: Date): [string, string, string, string] {
  const [day = '', clock = ''] = date.toISOString().replace('Z', '').split('T');
  const [year = '', month = '', dayOfMonth = ''] = day.split('-');
  // Hundredths, as most receivers.
  return [clock.replaceAll(':', '').slice(0, -1), dayOfMonth, month, year];
}

function coordinates({ latitudeDeg, longitudeDeg }: Position): string {
  const northSouth = latitudeDeg < 0 ? 'S' : 'N';
  const eastWest = longitudeDeg < 0 ? 'W' : 'E';
  return `${degreesMinutes(latitudeDeg, 2)},${northSouth},${degreesMinutes(longitudeDeg, 3)},${eastWest}`;
}

/** ddmm.mmmmm; in units of 1e-5 minutes, so that no 60 comes out of rounding. */
function degreesMinutes(deg: number, digits: number): string {
  const units = Math.round(Math.abs(deg) * 60e5);
  const whole = Math.floor(units / 60e5);
  const minutes = (units - whole * 60e5) / 1e5;
  return `${pad(whole, digits)}${minutes.toFixed(5).padStart(8, '0')}`;
}

function pad(number: number, digits: number): string {
  return String(number).padStart(digits, '0');
}
