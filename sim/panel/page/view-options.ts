/** The options of `show` that have a slider: how a camera sees a phone. */

export interface ViewOption {
  readonly name: string;
  readonly min: number;
  readonly max: number;
  readonly step: number;
  /** A code held still and straight in good light. */
  readonly usual: number;
}

export const viewOptions = [
  { name: 'blurPixels', min: 0, max: 6, step: 0.2, usual: 0 },
  { name: 'rotationDeg', min: -180, max: 180, step: 5, usual: 0 },
  { name: 'tiltXDeg', min: -60, max: 60, step: 2, usual: 0 },
  { name: 'tiltYDeg', min: -60, max: 60, step: 2, usual: 0 },
  { name: 'noise', min: 0, max: 60, step: 1, usual: 0 },
  { name: 'contrast', min: 0, max: 1, step: 0.05, usual: 1 },
  { name: 'darkestLight', min: 0, max: 1, step: 0.05, usual: 1 },
  { name: 'glare', min: 0, max: 1.5, step: 0.05, usual: 0 },
  { name: 'moire', min: 0, max: 60, step: 2, usual: 0 },
  { name: 'codeHeight', min: 0.2, max: 1.2, step: 0.05, usual: 0.8 },
] as const satisfies readonly ViewOption[];

/** `blurPixels=1.2 rotationDeg=15` → name → number */
export function optionsIn(manner: string): Map<string, string> {
  return new Map(
    manner
      .split(/\s+/)
      .filter(word => word.includes('='))
      .map(word => [word.slice(0, word.indexOf('=')), word.slice(word.indexOf('=') + 1)]),
  );
}

/** Sets one option; an option with its usual value is left out. */
export function withOption(manner: string, { name, usual }: ViewOption, value: number): string {
  const options = optionsIn(manner);
  if (value === usual) options.delete(name);
  else options.set(name, String(value));
  return [...options].map(([key, text]) => `${key}=${text}`).join(' ');
}
