/**
 * What a presented code says, and whether it is genuine: the dispatch over code formats.
 *
 * That Beijing's ride code follows JT/T 1179-2018 is this project's assumption: no public layout of it exists. Another
 * format is one more file beside jtt-1179/ and one more case here.
 */
import { parseRootRecord, type RootAuthority } from './jtt-1179/certificate.ts';
import { hasRideCodeHead, isRideCodeVersion } from './jtt-1179/layout.ts';
import type { Sm2 } from './jtt-1179/sm2.ts';
import { createJtt1179Checker, type GenuineRideCode } from './jtt-1179/verify.ts';
import type { CheckStep, CodeRefusal, Medium } from './medium.ts';

/** Codes of other systems in circulation, told by how they begin. */
export type ForeignFormat = 'alipay' | 'city-card' | 'other-platform' | 'tencent' | 'unionpay' | 'unknown';

export type CodeCheck = Medium & {
  readonly steps: readonly CheckStep[];
  /** All that a genuine code says, also where only its times speak against it. */
  readonly code?: GenuineRideCode;
  /** Whose code it is, if the reason is `unsupported`. */
  readonly format?: ForeignFormat;
};

/** @param now Unix milliseconds */
export type CodeChecker = (bytes: Uint8Array, now: number) => CodeCheck;

export function createCodeChecker(roots: readonly RootAuthority[], sm2: Sm2): CodeChecker {
  const checkJtt1179 = createJtt1179Checker(roots, sm2);
  return (bytes, now) => {
    if (bytes.length === 0) return refuseCode('malformed', [step('structure', 'an empty code')]);
    if (!isRideCodeVersion(bytes[0] ?? 0)) {
      const format = foreignFormat(bytes);
      return { ...refuseCode('unsupported', [step('format', format)]), format };
    }
    const result = checkJtt1179(bytes, now / 1000);
    const { steps } = result;
    if ('refusal' in result) {
      return { ...refuseCode(result.refusal, steps), ...(result.code && { code: result.code }) };
    }
    const { code } = result;
    const medium = {
      kind: 'ride-code',
      account: code.account,
      cardKind: 'unknown',
      balanceFen: undefined,
    } as const;
    return { accepted: true, medium, code, steps };
  };
}

/** Whether a code is of a format that buys rides here, genuine or not. A text in UTF-8 may begin as one, and is none. */
export function isRideCode(bytes: Uint8Array): boolean {
  return hasRideCodeHead(bytes);
}

export function refuseCode(reason: CodeRefusal, steps: readonly CheckStep[]): CodeCheck {
  return { accepted: false, presented: 'code', reason, steps };
}

const timeReasons: readonly CodeRefusal[] = [
  'certificate-expired',
  'authorisation-expired',
  'expired',
  'not-yet-valid',
];

/**
 * For a check by a clock that is not believed: a code that only its times speak against is not called expired. A code that
 * passes stays accepted, because its phone's clock agrees with the validator's.
 */
export function withoutTime(check: CodeCheck): CodeCheck {
  if (check.accepted || check.presented !== 'code' || !timeReasons.includes(check.reason)) return check;
  return refuseCode('time-unknown', [...check.steps, step('time known', 'the clock is not believed')]);
}

/** Root authorities from 144-byte records; `problem` names each record that cannot be trusted. */
export function readRootRecords(records: readonly Uint8Array[], sm2: Sm2, problem: (text: string) => void) {
  return records.flatMap((record, index): RootAuthority[] => {
    const root = parseRootRecord(record, sm2);
    if (typeof root !== 'string') return [root];
    problem(`rootRecords[${index}]: ${root}`);
    return [];
  });
}

/** Whose a code is that is no ride code. */
function foreignFormat(bytes: Uint8Array): ForeignFormat {
  const [first, second] = bytes;
  if (first === 0x02 && second === 0x01) return 'alipay';
  if (first === 0x54 && (second === 0x01 || second === 0x02)) return 'city-card';
  if (first === 0x54 && second === 0x58) return 'tencent';
  if (first === 0x55) return 'other-platform';
  const text = String.fromCharCode(...bytes.subarray(0, 50));
  return bytes.length < 50 && /^62\d*$/.test(text) ? 'unionpay' : 'unknown';
}

function step(check: string, detail: string): CheckStep {
  return { check, ok: false, detail };
}
