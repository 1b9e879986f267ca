/** What is in a bundle: the files that a validator is given, each under one of these names and no other. */
import { z } from 'zod';
import { messageOf, Refused } from '../../device/kit/errors.ts';
import { parseJson } from '../../device/kit/located-json.ts';
import { printable } from '../../device/kit/printable.ts';
import { decodeUtf8 } from '../../device/kit/text.ts';

/** The validator's own private keys are not among them: they were made on it, and stay there. */
export const bundleFiles = [
  'settings.yaml',
  'trust.json',
  'root.json',
  'office.json',
  'broker-ca.pem',
  'client.pem',
  'client-key.pem',
  'bus-key.json',
  'policy.yaml',
] as const;
export type BundleFile = (typeof bundleFiles)[number];

const text = z.string().max(512 << 10);
const schema = z.strictObject({
  /** As in the validator's settings. */
  device: z.string().min(1).max(64),
  issuedAt: z.iso.datetime(),
  files: z.record(z.string(), text),
});

export interface BundleContent {
  readonly device: string;
  /** ISO 8601 */
  readonly issuedAt: string;
  readonly files: Readonly<Partial<Record<BundleFile, string>>>;
}

export function contentBytes(content: BundleContent): Buffer {
  return Buffer.from(JSON.stringify(content));
}

/** @throws Refused; never with anything of what a file holds */
export function readContent(bytes: Buffer): BundleContent {
  const { device, issuedAt, files } = parse(bytes);
  for (const name of Object.keys(files))
    if (!isBundleFile(name))
      throw new Refused(
        printable(
          `it holds a file that no validator is given: ${name.slice(0, 100)}; known are ${bundleFiles.join(', ')}`,
        ),
      );
  for (const needed of ['settings.yaml', 'trust.json'])
    if (files[needed] === undefined) throw new Refused(`it holds no ${needed}`);
  return { device, issuedAt, files };
}

function isBundleFile(name: string): name is BundleFile {
  return (bundleFiles as readonly string[]).includes(name);
}

function parse(bytes: Buffer): z.infer<typeof schema> {
  let content: unknown;
  try {
    content = parseJson(decodeUtf8(bytes));
  } catch (error) {
    throw new Refused(`what is sealed in it is no bundle's content: ${messageOf(error)}`);
  }
  const { data, error } = schema.safeParse(content);
  if (data !== undefined) return data;
  const [place] = error?.issues ?? [];
  throw new Refused(
    `what is sealed in it is no bundle's content: ${place?.path.slice(0, 1).join('') || place?.code}`,
  );
}
