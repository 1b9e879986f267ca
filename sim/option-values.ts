/** Values of the program's options, as commander has them parsed. */
import { InvalidArgumentError } from 'commander';

/** From 0 on, in digits alone. */
export function wholeNumber(text: string): number {
  const number = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(number)) throw new InvalidArgumentError('a whole number');
  return number;
}

/** From 1 on. */
export function atLeastOne(text: string): number {
  const number = wholeNumber(text);
  if (number === 0) throw new InvalidArgumentError('at least 1');
  return number;
}

/** TCP's; 0 for any that is free. */
export function portNumber(text: string): number {
  const port = wholeNumber(text);
  if (port > 65_535) throw new InvalidArgumentError('a port, 0 to 65535');
  return port;
}
