/** A card image: everything one virtual card holds, as a JSON file. Names after ISO/IEC 7816-4. */
import { z } from 'zod';
import { messageOf, WrongUsage } from '../../device/kit/errors.ts';
import { readInputText } from '../../device/kit/input-file.ts';
import { parseJson } from '../../device/kit/located-json.ts';
import { nameOf } from '../../device/kit/yaml-file.ts';

const maxImageChars = 4 * 1024 * 1024;
const maxFileBytes = 64 * 1024;
const maxRecordBytes = 255;
/** One short response APDU carries at most this much. */
const maxFciBytes = 256;
const maxFen = 0xffff_ffff;

const hexBytes = (minBytes: number, maxBytes: number) =>
  z
    .string()
    .regex(/^([0-9a-f]{2})*$/i, 'must be an even number of hex digits')
    .min(2 * minBytes, `must be at least ${minBytes} bytes`)
    .max(2 * maxBytes, `must be at most ${maxBytes} bytes`);

const aid = z
  .string()
  .regex(
    /^(mf|([0-9a-f]{2}){2}|([0-9a-f]{2}){5,16})$/i,
    'must be an AID of 5 to 16 bytes, a 2-byte DF id or "mf"',
  );

/** Keys are short file identifiers in hex: "4", "04" and "1E" or "1e" alike. */
const sfiKey = z
  .string()
  .regex(/^[01]?[0-9a-f]$/i, 'must be a short file identifier in hex')
  .refine(key => sfiOf(key) >= 1 && sfiOf(key) <= 30, 'must be a short file identifier, 01 to 1E');

const bySfi = <Value extends z.ZodType>(value: Value) =>
  z
    .record(sfiKey, value)
    .refine(
      files => new Set(Object.keys(files).map(sfiOf)).size === Object.keys(files).length,
      'must not name a short file identifier twice',
    );

const fen = z.int().min(0).max(maxFen);

const applicationSchema = z.object({
  aid,
  /** What SELECT answers, without the status word. */
  fci: hexBytes(0, maxFciBytes).optional(),
  files: bySfi(hexBytes(0, maxFileBytes)).optional(),
  records: bySfi(z.array(hexBytes(1, maxRecordBytes)).max(254)).optional(),
  /** In fen; the balance is the raw counter, from which a reader subtracts the overdraft used. `sequence` counts purchases. */
  purse: z
    .object({
      balance: fen,
      overdraftUsed: fen.default(0),
      overdraftLimit: z.int().min(0).max(0xff_ffff).exactOptional(),
      sequence: z.int().min(0).max(0xffff).exactOptional(),
      locked: z.boolean().exactOptional(),
    })
    .optional(),
});

const maxCommandBytes = 261;
const maxAnswerBytes = 258;

/** Keys it does not know are ignored, so that an image may carry notes. */
export const cardImageSchema = z.object({
  atr: hexBytes(2, 33),
  applications: z
    .array(applicationSchema)
    .max(32)
    .refine(
      list => new Set(list.map(application => application.aid.toLowerCase())).size === list.length,
      'must not name an application twice',
    )
    .default([]),
  /** What it answers to commands that begin so, with the status word; the longest beginning counts, and comes before all else. */
  answers: z.record(hexBytes(1, maxCommandBytes), hexBytes(2, maxAnswerBytes)).optional(),
});

export type CardImage = z.infer<typeof cardImageSchema>;
export type CardApplication = CardImage['applications'][number];

/** The short file identifier that a key of `files` or `records` names. */
export function sfiOf(key: string): number {
  return Number.parseInt(key, 16);
}

/** @throws WrongUsage for a file that is no card image */
export function readCardImage(path: string): CardImage {
  const text = readInputText(path, maxImageChars);
  try {
    return parseCardImage(text);
  } catch (error) {
    throw new WrongUsage(`${path}: ${messageOf(error)}`);
  }
}

/** Throws an Error that names the place in the image and what is wrong there. */
export function parseCardImage(json: string): CardImage {
  if (json.length > maxImageChars) throw new Error(`card image: longer than ${maxImageChars} characters`);
  const result = cardImageSchema.safeParse(parsed(json));
  if (result.success) return result.data;
  const problems = result.error.issues.map(issue => `${place(issue)}: ${problem(issue)}`);
  throw new Error(`card image: ${problems.join('; ')}`);
}

function parsed(json: string): unknown {
  try {
    return parseJson(json.replace(/^\ufeff/, ''));
  } catch (error) {
    throw new Error(`card image: ${messageOf(error)}`, { cause: error });
  }
}

function place(issue: z.core.$ZodIssue): string {
  return issue.path.length === 0 ? 'the image' : issue.path.map(key => nameOf(String(key))).join('.');
}

/** A bad record key hides what is wrong with it one level down. */
function problem(issue: z.core.$ZodIssue): string {
  if (issue.code === 'unrecognized_keys') return 'an unknown key';
  if (issue.code === 'invalid_key') return issue.issues.map(inner => inner.message).join(', ');
  return issue.message;
}
