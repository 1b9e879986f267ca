/** Values of the program's options, as commander has them parsed. */
import { InvalidArgumentError } from 'commander';

/** From 0 on, in digits alone. */
export function wholeNumber(text: string): number {
  const number = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(number)) throw new InvalidArgumentError('a whole number');
  return number;
}

/** From 0 to so much. */
export function upTo(most: number): (text: string) => number {
  return text => {
    const number = wholeNumber(text);
    if (number > most) throw new InvalidArgumentError(`${most} at most`);
    return number;
  };
}

/** From 1 on. */
export function atLeastOne(text: string): number {
  const number = wholeNumber(text);
  if (number === 0) throw new InvalidArgumentError('at least 1');
  return number;
}

/** Above 0, and no more than anybody waits for. */
export function positive(text: string): number {
  const number = Number(text);
  if (!(number > 0 && number <= 100_000)) throw new InvalidArgumentError('a number above 0 is expected');
  return number;
}

/** TCP's; 0 for any that is free. */
export function portNumber(text: string): number {
  const port = wholeNumber(text);
  if (port > 65_535) throw new InvalidArgumentError('a port, 0 to 65535');
  return port;
}

/** ISO 8601 → Unix milliseconds; without a time zone it is UTC. Date.parse takes 30 February for 2 March. */
export function instant(text: string): number {
  const [whole, , zone] =
    /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?(Z|[+-]\d{2}:?\d{2})?$/.exec(text) ?? [];
  const at =
    whole === undefined
      ? Number.NaN
      : Date.parse(zone === undefined && whole.includes('T') ? `${whole}Z` : whole);
  if (Number.isNaN(at) || !isDay(text.slice(0, 10)))
    throw new InvalidArgumentError('ISO 8601, e.g. 2022-06-01T08:00:00+08:00');
  return at;
}

function isDay(day: string): boolean {
  const midnight = new Date(`${day}T00:00:00Z`);
  return !Number.isNaN(midnight.getTime()) && midnight.toISOString().startsWith(day);
}

/** An option that may be given several times. */
export function eachOf(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, text];
}
