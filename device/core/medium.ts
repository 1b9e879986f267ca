/** What a passenger can present, as the rest of the core sees it once it has been read. */

/** The media that can be linked to a health code. */
export const mediumKinds = ['t-union', 'bmac', 'ride-code'] as const;
export type MediumKind = (typeof mediumKinds)[number];

/** Who the card was issued to, as far as the fare cares (JT/T 978 file 0x17, byte 10). */
export const cardKinds = ['ordinary', 'student', 'senior', 'test', 'military', 'unknown'] as const;
export type CardKind = (typeof cardKinds)[number];

export const cardRefusals = [
  'unsupported',
  'unreadable',
  'not-enabled',
  'not-yet-valid',
  'expired',
  'blacklisted',
] as const;
export type CardRefusal = (typeof cardRefusals)[number];

/** In the order they are checked. */
export const codeRefusals = [
  'no-code',
  'several-codes',
  'malformed',
  'unsupported',
  'unknown-authority',
  'certificate-expired',
  'bad-certificate',
  'bad-issuer-signature',
  'bad-user-signature',
  'authorisation-expired',
  'expired',
  'not-yet-valid',
  'too-long-lived',
  /** Instead of the four about dates, while the validator's clock is not believed. */
  'time-unknown',
  'used',
] as const;
export type CodeRefusal = (typeof codeRefusals)[number];

/** A medium the bus accepts. `account` is personal: it never leaves memory. */
export interface TakenMedium {
  readonly kind: MediumKind;
  /** Card number digits, or the ride code's card account as 20 lower-case hex digits. */
  readonly account: string;
  readonly cardKind: CardKind;
  /** Purse balance less the overdraft used, in fen; undefined for ride codes. */
  readonly balanceFen: number | undefined;
}

/** A medium read and judged by itself, before any look-up. */
export type Medium =
  | { readonly accepted: true; readonly medium: TakenMedium }
  | { readonly accepted: false; readonly presented: 'card'; readonly reason: CardRefusal }
  | { readonly accepted: false; readonly presented: 'code'; readonly reason: CodeRefusal };

/** What a passenger holds up, whether it can be read or not. */
export const presentable = ['card', 'code'] as const;
export type PresentedAs = (typeof presentable)[number];

export function presentedAs(medium: Medium): PresentedAs {
  if (!medium.accepted) return medium.presented;
  return medium.medium.kind === 'ride-code' ? 'code' : 'card';
}

/** One step of a check as a technician reads it; `detail` never holds an account number. */
export interface CheckStep {
  readonly check: string;
  readonly ok: boolean;
  readonly detail: string;
}
