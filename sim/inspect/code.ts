/** `inspect code`: shows the firmware's verdict on one code, from hex, a file of raw bytes, or a picture. */
import { fromHex } from '../../device/core/bytes.ts';
import {
  type CodeCheck,
  createCodeChecker,
  isRideCode,
  readRootRecords,
  refuseCode,
} from '../../device/core/ride-code.ts';
import { messageOf, WrongUsage } from '../../device/kit/errors.ts';
import { readInput } from '../../device/kit/input-file.ts';
import { sayError } from '../../device/kit/printable.ts';
import { readTrustFile } from '../../device/settings/trust-file.ts';
import { selectSm2 } from '../../device/sm2/select.ts';
import { createZxingEngine } from '../../drivers/code-reader/zxing-engine.ts';
import { readPng } from '../media/png.ts';

export interface InspectCodeOptions {
  readonly trust: string;
  readonly at: number;
  readonly hex?: string;
  readonly bin?: string;
  readonly frame?: string;
}

const maxInputBytes = 32 << 20;

export interface Inspection {
  readonly accepted: boolean;
  readonly result: Readonly<Record<string, unknown>>;
}

/** @throws WrongUsage, FileProblems for a trust file that cannot be used */
export async function inspectCode(options: InspectCodeOptions): Promise<Inspection> {
  const records = readTrustFile(options.trust);
  const { sm2 } = await selectSm2();
  const untrusted = (problem: string) => sayError(`${options.trust}: not trusted: ${problem}`);
  const roots = readRootRecords(records, sm2, untrusted);
  const code = await readCode(options);
  const check =
    typeof code === 'string' ? refuseCode(code, []) : createCodeChecker(roots, sm2)(code, options.at);
  return { accepted: check.accepted, result: describe(check) };
}

async function readCode({ hex, bin, frame }: InspectCodeOptions): Promise<Uint8Array | 'no-code'> {
  const given = [hex, bin, frame].filter(source => source !== undefined);
  if (given.length !== 1) throw new WrongUsage('give one of --hex, --bin and --frame');
  if (hex !== undefined) return bytesOf(hex);
  if (bin !== undefined) return readInput(bin, maxInputBytes);
  return readFrame(frame ?? '');
}

function bytesOf(hex: string): Uint8Array {
  const bytes = fromHex(hex.replace(/\s+/g, ''));
  if (bytes === undefined) throw new WrongUsage('--hex: not an even number of hex digits');
  return bytes;
}

async function readFrame(path: string): Promise<Uint8Array | 'no-code'> {
  const engine = await createZxingEngine();
  const picture = readPicture(path);
  const atOnce = engine.decode(picture, 'fast');
  const found = atOnce.some(isRideCode) ? atOnce : [...engine.decode(picture, 'thorough'), ...atOnce];
  const rides = found.filter(isRideCode);
  if (rides.length > 1)
    sayError(`${path}: ${rides.length} ride codes in the picture, one is taken at a time`);
  return (rides.length > 1 ? undefined : (rides[0] ?? found[0])) ?? 'no-code';
}

function readPicture(path: string) {
  const file = readInput(path, maxInputBytes);
  try {
    return readPng(file);
  } catch (error) {
    throw new WrongUsage(`${path}: ${messageOf(error)}`);
  }
}

function describe(check: CodeCheck): Readonly<Record<string, unknown>> {
  const head = { medium: 'ride-code', accepted: check.accepted };
  if (!check.accepted) {
    return { ...head, reason: check.reason, ...(check.format === undefined ? {} : { format: check.format }) };
  }
  if (check.code === undefined) return head;
  const { account, paymentAccount, issuer, generatedAtS, expiresAtS } = check.code;
  return {
    ...head,
    account,
    paymentAccount,
    issuer,
    generatedAt: isoSeconds(generatedAtS),
    expiresAt: isoSeconds(expiresAtS),
  };
}

function isoSeconds(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replace('.000Z', 'Z');
}
