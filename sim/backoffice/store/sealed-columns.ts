/** Persons and media as rows hold them: names, phones and accounts are sealed to the person's hash, a kind is a number. */
import { type MediumKind, mediumKinds } from '../../../device/core/medium.ts';
import { DeviceError } from '../../../device/kit/errors.ts';
import type { Medium } from './store.ts';
import type { Identity, Vault } from './vault.ts';

export interface IdentityRow {
  readonly key: Buffer;
  readonly name: Buffer;
  readonly phone: Buffer;
}

export interface MediumRow {
  readonly kind: number;
  readonly account: Buffer;
}

export function sealIdentity(vault: Vault, who: Identity): IdentityRow {
  const key = vault.personHash(who);
  const owner = key.toString('hex');
  return { key, name: vault.seal(who.name, `name ${owner}`), phone: vault.seal(who.phone, `phone ${owner}`) };
}

/** @throws DeviceError storage for a value that is damaged or another person's */
export function openIdentity(vault: Vault, { key, name, phone }: IdentityRow): Identity {
  const owner = key.toString('hex');
  return { name: vault.open(name, `name ${owner}`), phone: vault.open(phone, `phone ${owner}`) };
}

export function numberOfKind(kind: MediumKind): number {
  return mediumKinds.indexOf(kind);
}

/** @param owner the person's hash */
export function sealAccount(vault: Vault, owner: Buffer, { kind, account }: Medium): Buffer {
  return vault.seal(account, placeOf(owner, kind));
}

/** @throws DeviceError storage for an account that is damaged or another person's */
export function openMedium(vault: Vault, owner: Buffer, row: MediumRow): Medium {
  const kind = mediumKinds[row.kind];
  if (kind === undefined) throw new DeviceError('storage', 'store', `no kind of medium: ${row.kind}`);
  return { kind, account: vault.open(row.account, placeOf(owner, kind)) };
}

function placeOf(owner: Buffer, kind: MediumKind): string {
  return `account ${kind} ${owner.toString('hex')}`;
}
