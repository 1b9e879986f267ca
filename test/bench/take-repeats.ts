/** A policy for benches: repeats are taken. */
import { readFileSync, writeFileSync } from 'node:fs';
import { parse, stringify } from 'yaml';

/** The same card again is a ride again, so that few cards make many rides. */
export function takeRepeats(policyFile: string): void {
  const policy: unknown = parse(readFileSync(policyFile, 'utf8'));
  writeFileSync(policyFile, stringify({ ...Object(policy), repeatWindowS: 0 }));
}
