/** What the bench tells: a table for people, build/bench.json (name → numbers) for programs. */
import { existsSync, readFileSync } from 'node:fs';
import { writeDurably } from '../../device/kit/durable-file.ts';
import type { Quantiles } from './statistics.ts';

/** One number, two quantiles, or a number for each of some cases. */
export type Value = number | Quantiles | Readonly<Record<string, number>>;

export interface Figure {
  readonly name: string;
  readonly value: Value;
  /** Without one the figure is for information. */
  readonly required?: Requirement;
}

export type Requirement = { readonly atMost: Value } | { readonly atLeast: number };

export interface Failure {
  readonly measurement: string;
  readonly why: string;
  /** The machine lacks what it needs: told, and no fault. */
  readonly isMissing: boolean;
}

const columnWidths = [26, 18, 18];

/** @returns whether every required figure is met, and nothing failed */
export function report(figures: readonly Figure[], failures: readonly Failure[]): boolean {
  const measured = figures.map(({ name, value, required }) => {
    return [name, shown(value), requirementText(required), verdict({ name, value, required })];
  });
  const failed = failures.map(({ measurement, why, isMissing }) => {
    return [measurement, isMissing ? 'not measured' : 'FAILED', why];
  });
  for (const row of [['figure', 'measured', 'required', ''], ...measured, ...failed]) say(columns(row));
  const isAllMet = figures.every(figure => isMet(figure) !== false);
  return isAllMet && failures.every(({ isMissing }) => isMissing);
}

/**
 * Adds the figures to those of other parts and earlier runs.
 * @param forgotten how the names of figures begin that an earlier run has measured and this one may not have
 */
export function saveFigures(file: string, forgotten: readonly string[], figures: readonly Figure[]): void {
  const before: unknown = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};
  const kept = Object.entries(Object(before)).filter(
    ([name]) => !forgotten.some(start => name.startsWith(start)),
  );
  const measured = figures.map(({ name, value }) => [name, roundAll(value)] as const);
  writeDurably(file, `${JSON.stringify(Object.fromEntries([...kept, ...measured]), undefined, 2)}\n`);
}

export function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

type Judged = Pick<Figure, 'name' | 'value'> & { readonly required: Requirement | undefined };

/** @returns undefined where nothing is required; what is no number never meets anything */
function isMet({ value, required }: Pick<Figure, 'value' | 'required'>): boolean | undefined {
  if (required === undefined) return undefined;
  if ('atLeast' in required) return numbers(value).every(number => number >= required.atLeast);
  const limits = numbers(required.atMost);
  return numbers(value).every((number, i) => number <= (limits[i] ?? Number.NaN));
}

function verdict({ value, required }: Judged): string {
  if (required === undefined) return '';
  return isMet({ value, required }) ? 'met' : 'NOT MET';
}

function requirementText(required: Requirement | undefined): string {
  if (required === undefined) return '';
  return 'atLeast' in required ? `≥ ${shown(required.atLeast)}` : `≤ ${shown(required.atMost)}`;
}

function shown(value: Value): string {
  return numbers(value)
    .map(number => String(round(number)))
    .join(' / ');
}

function numbers(value: Value): number[] {
  return typeof value === 'number' ? [value] : Object.values(value);
}

function roundAll(value: Value): Value {
  if (typeof value === 'number') return round(value);
  return Object.fromEntries(Object.entries(value).map(([name, number]) => [name, round(number)]));
}

function round(number: number): number {
  return Math.round(number * 1000) / 1000;
}

function columns(cells: readonly string[]): string {
  return cells
    .map((cell, i) => cell.padEnd(columnWidths[i] ?? 0))
    .join('  ')
    .trimEnd();
}
