/** Settings for benches: a machine that is busy with them is no fault of a wire. */
import { readFileSync, writeFileSync } from 'node:fs';
import { parse, stringify } from 'yaml';

interface Settings {
  readonly cardReaders: readonly object[];
  readonly codeReaders: readonly { readonly driver: string }[];
  readonly gnss?: object;
  readonly feed?: object;
}

/** Gives each part the longest time that the firmware's settings take. */
export function giveTime(configFile: string): void {
  const settings: Settings = parse(readFileSync(configFile, 'utf8'));
  const { cardReaders, codeReaders, gnss, feed } = settings;
  const generous = {
    ...settings,
    cardReaders: cardReaders.map(reader => ({ ...reader, apduTimeoutMs: 5000 })),
    cardTimeoutMs: 60_000,
    codeReaders: codeReaders.map(reader =>
      reader.driver === 'camera' ? { ...reader, frameTimeoutMs: 60_000, frozenAfterS: 0 } : reader,
    ),
    ...(gnss && { gnss: { ...gnss, timeoutMs: 60_000 } }),
    ...(feed && { feed: { ...feed, timeoutMs: 120_000 } }),
  };
  writeFileSync(configFile, stringify(generous));
}
