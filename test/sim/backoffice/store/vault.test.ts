/** What is sealed opens only where it belongs; the key is readable by its owner alone and never replaced. */
import { chmodSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import * as assert from 'uvu/assert';
import { readPersonalKeys } from '../../../../sim/backoffice/store/personal-key.ts';
import { openStore } from '../../../../sim/backoffice/store/sqlite-store.ts';
import { createVault } from '../../../../sim/backoffice/store/vault.ts';
import { suite } from '../../../harness.ts';
import { temporaryDirectory } from '../../../temporary.ts';
import { fleetKey, makeSmallOffice, thrownBy } from '../small-office.ts';

suite('personal data', test => {
  test('what is sealed opens in its place, and nothing else does', context => {
    const vault = createVault(readPersonalKeys(join(temporaryDirectory(context), 'key'), true));
    const text = fc.string({ unit: 'grapheme', maxLength: 80 });
    const sealedOnce = fc.property(text, text, text, fc.nat(), (plain, place, other, at) => {
      const sealed = vault.seal(plain, place);
      assert.is(vault.open(sealed, place), plain);
      assert.not.equal(vault.seal(plain, place), sealed);
      if (other !== place) assert.throws(() => vault.open(sealed, other), /does not open/);
      const damaged = Buffer.from(sealed);
      damaged[at % damaged.length] = (damaged[at % damaged.length] ?? 0) ^ (1 << (at % 8));
      assert.throws(() => vault.open(damaged, place), /does not open/);
      assert.throws(() => vault.open(sealed.subarray(0, at % sealed.length), place), /does not open/);
    });
    fc.assert(sealedOnce, { numRuns: 300 });
  });

  test('one hash says nothing about another: a phone, a person, a pseudonym', context => {
    const vault = createVault(readPersonalKeys(join(temporaryDirectory(context), 'key'), true));
    const who = { phone: '13800000000', name: '张三' };
    const hashes = [
      vault.personHash(who),
      vault.pseudonym(who),
      vault.phoneHash(who.phone),
      vault.visitorHash(who.phone),
    ];
    assert.is(new Set(hashes.map(hash => hash.toString('hex'))).size, hashes.length);
    assert.equal(vault.personHash({ ...who }), vault.personHash(who));
    assert.not.equal(vault.personHash({ ...who, name: '张四' }), vault.personHash(who));
  });

  test('the key is made once, for its owner alone; one that others may read is refused', context => {
    const path = join(temporaryDirectory(context), 'keys', 'key');
    const first = readPersonalKeys(path, true);
    assert.is(statSync(path).mode & 0o777, 0o600);
    assert.equal(readPersonalKeys(path, false), first);
    chmodSync(path, 0o640);
    assert.throws(() => readPersonalKeys(path, false), /0600/);
  });

  test('a key that is missing though there is data, or is none, ends the start', context => {
    const path = join(temporaryDirectory(context), 'key');
    assert.throws(() => readPersonalKeys(path, false), /missing/);
    writeFileSync(path, 'f00', { mode: 0o600 });
    assert.throws(() => readPersonalKeys(path, false), /64 hex digits/);
  });

  test('a store is not opened under another key', async context => {
    const { places, store } = await makeSmallOffice(context);
    await store.tidy(0);
    rmSync(places.key);
    const other = createVault(readPersonalKeys(places.key, true));
    const error = await thrownBy(() => openStore(places.office, other, fleetKey));
    assert.match(error.message, /another key/);
  });
});
