/** The firmware's version, from the package it was built in. */
import { readFileSync } from 'node:fs';
import { z } from 'zod';

export function readVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  return z.looseObject({ version: z.string() }).parse(manifest).version;
}
