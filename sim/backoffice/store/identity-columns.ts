/** A person's name and phone as a row holds them: sealed to the person's hash. */
import type { Identity, Vault } from './vault.ts';

export interface IdentityRow {
  readonly key: Buffer;
  readonly name: Buffer;
  readonly phone: Buffer;
}

export function sealIdentity(vault: Vault, who: Identity): IdentityRow {
  const key = vault.personHash(who);
  const owner = key.toString('hex');
  return { key, name: vault.seal(who.name, `name ${owner}`), phone: vault.seal(who.phone, `phone ${owner}`) };
}

/** @throws DeviceError storage for what is damaged or somebody else's */
export function openIdentity(vault: Vault, { key, name, phone }: IdentityRow): Identity {
  const owner = key.toString('hex');
  return { name: vault.open(name, `name ${owner}`), phone: vault.open(phone, `phone ${owner}`) };
}
