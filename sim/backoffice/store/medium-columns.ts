/** Media as rows hold them: the kind as a number, the account sealed to its owner. */
import { type MediumKind, mediumKinds } from '../../../device/core/medium.ts';
import { DeviceError } from '../../../device/errors.ts';
import type { Medium } from './store.ts';
import type { Vault } from './vault.ts';

export interface MediumRow {
  readonly kind: number;
  readonly account: Buffer;
}

export function numberOfKind(kind: MediumKind): number {
  return mediumKinds.indexOf(kind);
}

/** @param owner the person's hash */
export function sealAccount(vault: Vault, owner: Buffer, { kind, account }: Medium): Buffer {
  return vault.seal(account, placeOf(owner, kind));
}

/** @throws DeviceError storage for what is damaged or somebody else's */
export function openMedium(vault: Vault, owner: Buffer, row: MediumRow): Medium {
  const kind = mediumKinds[row.kind];
  if (kind === undefined) throw new DeviceError('storage', 'store', `no kind of medium: ${row.kind}`);
  return { kind, account: vault.open(row.account, placeOf(owner, kind)) };
}

function placeOf(owner: Buffer, kind: MediumKind): string {
  return `account ${kind} ${owner.toString('hex')}`;
}
