/**
 * Firmware in the feed: targets of the delegated TUF role `firmware`, which has a key of its own. The root metadata names that
 * key too: whoever has the targets key alone can delegate to another, and no validator follows.
 */
import { z } from 'zod';

/** The role's name, and with it that of its metadata. */
export const firmwareRole = 'firmware';
/** What its targets may be called (TUF's PATHPATTERN). */
export const firmwarePaths = 'firmware-*';
/** In root metadata: the raw Ed25519 public halves that may sign for the role, in hex. */
export const firmwareKeysField = 'x-firmware-keys';

export const maxArchiveBytes = 256 * 1024 * 1024;

/** Who takes it: everybody, or who is on this line, this bus, or has this name. */
const ringText = /^(all|line:.{1,32}|bus:[\x21-\x7e]{1,8}|device:[A-Za-z0-9._-]{1,32})$/u;
export const ring = z.string().regex(ringText, 'must be all, line:LINE, bus:BUS or device:DEVICE');

/** What is signed along with an archive. */
export const firmwareCustom = z.looseObject({
  ring,
  version: z.string().regex(/^[0-9A-Za-z][0-9A-Za-z.+-]{0,63}$/),
  /** Which publication of this archive it is: one that was given up is tried again with a higher number. */
  attempt: z.int().min(1).max(1_000_000),
  platform: z.string().max(32),
  arch: z.string().max(32),
  nodeAbi: z.string().max(5),
  schemas: z.record(z.string().max(32), z.int().min(1)),
});
export type FirmwareCustom = z.infer<typeof firmwareCustom>;

/** An archive as the feed announces it. */
export interface FirmwareTarget extends FirmwareCustom {
  /** The target's. */
  readonly name: string;
  readonly sha256: string;
  /** bytes */
  readonly length: number;
}

/** Who a validator is. */
export interface RingMember {
  readonly device: string;
  readonly line: string;
  /** The bus's number; undefined where the settings do not say. */
  readonly bus?: string | undefined;
}

/** @returns the narrowest ring first that the validator is in; others are left out */
export function ringsOf({ device, line, bus }: RingMember): string[] {
  return [`device:${device}`, ...(bus === undefined ? [] : [`bus:${bus}`]), `line:${line}`, 'all'];
}
