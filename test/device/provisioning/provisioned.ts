/** A validator with keys of its own, and whoever issues bundles for it. */
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { provisionFrom, requestBundle } from '../../../device/compose/provisioning.ts';
import { authorityFingerprint, sealBundle } from '../../../sync/bundle/bundle.ts';
import { readRequest } from '../../../sync/bundle/request.ts';
import { newSeed, publicHalfOf } from '../../../sync/uplink/ed25519.ts';
import type { TestContext } from '../../harness.ts';
import { temporaryDirectory } from '../../temporary.ts';

export const device = 'bus-1-front';

/** Settings that a start takes. */
export function settingsOf(name = device, more: object = {}): string {
  return JSON.stringify({
    device: name,
    line: '2',
    journal: '../journal.sqlite',
    links: { cache: '../links', fleetKeys: '../own-keys/device.json' },
    trust: 'trust.json',
    cardReaders: [{ name: 'card', driver: 'pcsc' }],
    ...more,
  });
}

export const bundleFiles: Readonly<Record<string, string>> = {
  'settings.yaml': settingsOf(),
  'trust.json': '{"rootRecords":[]}',
};

export async function newValidator(context: TestContext, name = device, inTpm = false) {
  const directory = temporaryDirectory(context);
  const state = join(directory, 'state');
  const requestFile = join(directory, 'request.json');
  await requestBundle(state, name, requestFile, inTpm);
  const request = readRequest(readFileSync(requestFile));
  const seed = newSeed();
  const authority = authorityFingerprint(publicHalfOf(seed));
  let made = 0;

  /** @returns the file of a bundle for this validator */
  async function bundle(
    number: number,
    { files = bundleFiles, as = name, signer = seed, publicKey = request.publicKey } = {},
  ) {
    const content = { device: as, issuedAt: '2026-12-01T05:00:00Z', files };
    const keys = { authoritySeed: signer, publicKey: Buffer.from(publicKey, 'hex'), number };
    const file = join(directory, `bundle-${++made}`);
    writeFileSync(file, await sealBundle(content, keys));
    return file;
  }

  return {
    directory,
    state,
    request,
    seed,
    authority,
    bundle,
    at: (...names: string[]) => join(state, ...names),
    provision: (file: string, typed?: string) => provisionFrom(file, state, typed),
    /** What is installed: every path with its mode and what is in it. */
    everything: () => treeOf(state),
  };
}

export function treeOf(directory: string): string[] {
  return readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .filter(name => !name.endsWith('lock.sqlite'))
    .sort()
    .map(name => {
      const found = statSync(join(directory, name));
      const mode = (found.mode & 0o777).toString(8);
      return `${name} ${mode} ${found.isFile() ? readFileSync(join(directory, name), 'utf8') : ''}`;
    });
}

export function makeJournalOf(state: string, text: string): void {
  mkdirSync(state, { recursive: true });
  writeFileSync(join(state, 'journal.sqlite'), text, { mode: 0o600 });
}
