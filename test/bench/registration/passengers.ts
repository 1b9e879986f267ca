/** The bench's passengers: who they are, where they come from, and what the bus group's register says they own. */
import { closeSync, openSync, writeSync } from 'node:fs';

export const passengerName = '张三';
/** Behind one address of a mobile network: as many as may ask for a code from there in an hour. */
const perAddress = 20;
const linesPerWrite = 10_000;

export function phoneOf(passenger: number): string {
  return `139${String(passenger).padStart(8, '0')}`;
}

/** Of a T-Union card. */
export function accountOf(passenger: number): string {
  return `31051${String(passenger).padStart(14, '0')}`;
}

/** As the city's proxy tells it. */
export function addressOf(passenger: number): string {
  const network = Math.floor(passenger / perAddress);
  return `10.${(network >> 16) & 255}.${(network >> 8) & 255}.${network & 255}`;
}

/** Each owns a card. */
export function writeRegister(file: string, passengers: number): void {
  const table = openSync(file, 'w');
  writeSync(table, 'phone,name,medium,account\n');
  for (let first = 0; first < passengers; first += linesPerWrite) {
    const lines = Array.from({ length: Math.min(linesPerWrite, passengers - first) }, (_, i) =>
      lineOf(first + i),
    );
    writeSync(table, lines.join(''));
  }
  closeSync(table);
}

function lineOf(passenger: number): string {
  return `${phoneOf(passenger)},${passengerName},t-union,${accountOf(passenger)}\n`;
}
