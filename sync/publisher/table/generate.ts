/** Made-up tables of people of any size: the same for a seed each time, and the start of any larger one. */

export interface GenerateOptions {
  /** How many rows, 0 to 2^32 */
  readonly links: number;
  /** A 32-bit whole number */
  readonly seed: number;
}

const linesPerChunk = 4096;

/** Of 100 persons 25 have two media and 2 have three: 129 rows, whose persons are these. */
const personsPerBlock = 100;
const blockPersons = [...range(personsPerBlock), ...range(27), ...range(2)];

/** What is drawn for a row or a person; each has random numbers of its own. */
const draws = { medium: 1, status: 2, prefix: 3, rounds: 4 } as const;

/**
 * Yields the CSV text of a table, header first, some thousand whole lines at a time. About 60 % of the media are
 * t-union, 15 % bmac and 25 % ride-code; of the persons 97 % are green, 2 % yellow, 0.6 % red, 0.3 % popup and the
 * rest unknown. No account comes twice, and row i depends only on i and the seed.
 */
export function* generatePeople({ links, seed }: GenerateOptions): Generator<string, void> {
  let chunk = 'medium,account,person,status\n';
  for (let row = 0; row < links; row++) {
    chunk += lineOf(row, seed);
    if ((row + 1) % linesPerChunk > 0) continue;
    yield chunk;
    chunk = '';
  }
  if (chunk !== '') yield chunk;
}

function lineOf(row: number, seed: number): string {
  const block = Math.floor(row / blockPersons.length);
  const person = block * personsPerBlock + (blockPersons[row % blockPersons.length] ?? 0);
  return `${mediumOf(row, seed)},p${person},${statusOf(person, seed)}\n`;
}

function mediumOf(row: number, seed: number): string {
  const drawn = draw(seed, draws.medium, row) % 100;
  if (drawn < 60) return `t-union,31051${scramble(row, seed, 1e7).map(decimal(7)).join('')}`;
  if (drawn < 75) return `bmac,1000${scramble(row, seed, 1e6).map(decimal(6)).join('')}`;
  const prefix = draw(seed, draws.prefix, row) & 0xffff;
  return `ride-code,${hex(4)(prefix)}${scramble(row, seed, 2 ** 32)
    .map(hex(8))
    .join('')}`;
}

function statusOf(person: number, seed: number): string {
  const drawn = draw(seed, draws.status, person) % 1000;
  if (drawn < 970) return 'green';
  if (drawn < 990) return 'yellow';
  if (drawn < 996) return 'red';
  return drawn < 999 ? 'popup' : 'unknown';
}

/** A Feistel network: a bijection of the numbers below base², as two digits to that base. */
function scramble(row: number, seed: number, base: number): [number, number] {
  let left = Math.floor(row / base);
  let right = row % base;
  for (let round = 0; round < 4; round++) {
    [left, right] = [right, (left + draw(seed, draws.rounds + round, right)) % base];
  }
  return [left, right];
}

/** 32 bits that depend on all three: MurmurHash3's finaliser (Austin Appleby, public domain) over them in turn. */
function draw(seed: number, kind: number, index: number): number {
  return mix(mix(mix(seed) ^ kind) ^ index) >>> 0;
}

function mix(value: number): number {
  let mixed = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}

function decimal(width: number): (value: number) => string {
  return value => String(value).padStart(width, '0');
}

function hex(width: number): (value: number) => string {
  return value => value.toString(16).padStart(width, '0');
}

function range(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}
