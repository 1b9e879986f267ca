/** What the bench tells: a table for people, build/bench.json (name → numbers) for programs. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
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

const columnWidths = [26, 18, 18];

/** @returns whether every required figure is met */
export function report(figures: readonly Figure[]): boolean {
  const rows = figures.map(({ name, value, required }) => {
    return [name, shown(value), requirementText(required), verdict({ name, value, required })];
  });
  for (const row of [['figure', 'measured', 'required', ''], ...rows]) say(columns(row));
  return figures.every(figure => isMet(figure) !== false);
}

/** Adds the figures to those other benches have written there. */
export function saveFigures(file: string, figures: readonly Figure[]): void {
  const before: unknown = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};
  const measured = Object.fromEntries(figures.map(({ name, value }) => [name, roundAll(value)]));
  writeFileSync(file, `${JSON.stringify({ ...Object(before), ...measured }, undefined, 2)}\n`);
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
