/** The examples of docs/formats/bundle/: one bundle that is taken, and what is refused of it, each with its words. */
import { readFileSync } from 'node:fs';
import { z } from 'zod';

const hex = z
  .string()
  .regex(/^([0-9a-f]{2})*$/)
  .transform(text => Buffer.from(text, 'hex'));

const good = z.strictObject({
  authority: hex,
  authorityFingerprint: z.string(),
  devicePrivateKey: hex,
  number: z.int(),
  content: z.strictObject({
    device: z.string(),
    issuedAt: z.string(),
    files: z.record(z.string(), z.string()),
  }),
  bundle: hex,
});
const bad = z.array(z.strictObject({ what: z.string(), refused: z.string(), bundle: hex }));

const read = (name: string) =>
  JSON.parse(readFileSync(new URL(`../../../../docs/formats/bundle/${name}.json`, import.meta.url), 'utf8'));

export const goodExample = () => good.parse(read('good'));
export const badExamples = () => bad.parse(read('bad'));
