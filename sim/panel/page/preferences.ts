/** A person's choices for the page itself, kept by the browser. */
import { createValue } from './value.ts';

export interface Preferences {
  readonly language: 'zh' | 'en';
  readonly theme: 'system' | 'light' | 'dark';
  readonly hasSound: boolean;
  /** Letters present passengers, as in the terminal. */
  readonly hasLetterKeys: boolean;
  readonly tab: string;
  readonly stepsAs: 'line' | 'yaml';
}

const key = 'fare-validator-panel';
const usual: Preferences = {
  language: firstLanguage(navigator.languages),
  theme: 'system',
  hasSound: true,
  hasLetterKeys: true,
  tab: 'in-hand',
  stepsAs: 'line',
};

const possible: Readonly<Record<string, readonly unknown[]>> = {
  language: ['zh', 'en'],
  theme: ['system', 'light', 'dark'],
  hasSound: [true, false],
  hasLetterKeys: [true, false],
  stepsAs: ['line', 'yaml'],
};

export const preferences = createValue<Preferences>({ ...usual, ...kept() });

export function prefer(changes: Partial<Preferences>): void {
  preferences.set({ ...preferences.get(), ...changes });
  try {
    localStorage.setItem(key, JSON.stringify(preferences.get()));
  } catch {
    // If the browser keeps nothing, the choice ends with the page.
  }
}

/** @param wanted the browser's languages, the most wanted first */
function firstLanguage(wanted: readonly string[]): Preferences['language'] {
  const known = wanted.map(tag => tag.slice(0, 2).toLowerCase());
  return known.find(tag => tag === 'zh' || tag === 'en') ?? 'en';
}

/** Drops kept values that are no longer possible choices. */
function kept(): Partial<Preferences> {
  try {
    const found: unknown = JSON.parse(localStorage.getItem(key) ?? '{}');
    if (typeof found !== 'object' || found === null) return {};
    return Object.fromEntries(Object.entries(found).filter(([name, value]) => isPossible(name, value)));
  } catch {
    return {};
  }
}

function isPossible(name: string, value: unknown): boolean {
  return name === 'tab' ? typeof value === 'string' : (possible[name]?.includes(value) ?? false);
}
