/** The back office has lost a key that rows on the bus are sealed for: they are kept as they are, and later ones arrive. */
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import * as assert from 'uvu/assert';
import { openOfficeData } from '../../../../sim/backoffice/office-data.ts';
import { uplinkPlaces } from '../../../../sim/backoffice/uplink/office-keys.ts';
import { newPrivateKey, publicKeyOf } from '../../../../sync/keys/device-key.ts';
import { keyIdOf } from '../../../../sync/uplink/sealed-row.ts';
import { upTopic } from '../../../../sync/uplink/topics.ts';
import { suite, type TestContext } from '../../../harness.ts';
import { runSim } from '../../run-sim.ts';
import { openEnd } from './hostile-stand.ts';

const topic = upTopic('a', 'rows');

async function stand(context: TestContext) {
  const opened = openEnd(context);
  await openOfficeData(opened.dir).close();
  const secret = newPrivateKey();
  const lost = keyIdOf(publicKeyOf(secret));
  const uplinkKey = async (...words: string[]) => {
    const { code, output, errors } = await runSim(['backoffice', 'uplink-key', ...words]);
    return { code, errors, said: code === 0 ? JSON.parse(output) : undefined };
  };
  const say = async (seqs: readonly number[], key?: Uint8Array) =>
    opened.hear(topic, opened.seeds.a, await opened.batch('a', seqs, key));
  return { ...opened, secret, sealedFor: publicKeyOf(secret), lost, uplinkKey, say };
}

suite('a lost sealing key', test => {
  test('its rows wait until somebody says that it is lost; then they are kept, and later ones arrive', async context => {
    const { dir, lost, sealedFor, uplinkKey, say, acks, rows } = await stand(context);
    await say([1, 2, 3], sealedFor);
    assert.equal(acks(), []);
    assert.is((await uplinkKey('lost', dir, lost.toUpperCase())).code, 0);
    await say([1, 2, 3], sealedFor);
    await say([2, 3, 4], sealedFor);
    await say([5, 6]);
    assert.equal(
      acks().map(ack => ack?.taken),
      [[[1, 3]], [[2, 4]], [[5, 6]]],
    );
    assert.is(rows(), 2);
    const { said } = await uplinkKey('list', dir);
    const [kept, ...others] = said.keptSealed;
    assert.equal(
      { ...kept, file: '' },
      { device: 'a', epoch: 1, key: lost, firstSeq: 1, lastSeq: 4, count: 4, file: '' },
    );
    assert.equal([others, said.lost.map(({ key }: { key: string }) => key)], [[], [lost]]);
    assert.is(statSync(kept.file).mode & 0o777, 0o600);
  });

  test('found after all: what was kept is imported, row by row', async context => {
    const { dir, lost, secret, sealedFor, uplinkKey, say, rows, acks } = await stand(context);
    await uplinkKey('lost', dir, lost);
    await say([1, 2, 3], sealedFor);
    const { keys } = uplinkPlaces(dir);
    const { sealing, signing } = JSON.parse(readFileSync(keys, 'utf8'));
    writeFileSync(
      keys,
      JSON.stringify({ sealing: [...sealing, Buffer.from(secret).toString('hex')], signing }),
    );
    const [kept] = (await uplinkKey('list', dir)).said.keptSealed;
    const { code, output } = await runSim(['backoffice', 'import-journal', dir, kept.file]);
    assert.equal([code, JSON.parse(output).new, rows()], [0, 3, 3]);
    // What still comes for it opens.
    await say([4], sealedFor);
    assert.equal([acks().at(-1)?.taken, rows()], [[[4, 4]], 4]);
    assert.is((await uplinkKey('lost', dir, lost, '--undo')).code, 0);
    assert.equal((await uplinkKey('list', dir)).said.lost, []);
  });

  test('a key that is here is not lost, and what is no key’s name is refused', async context => {
    const { dir, sealingKey, uplinkKey, lost } = await stand(context);
    for (const [words, why] of [
      [[keyIdOf(sealingKey)], /is not lost: .*keys\.json has it/],
      [['0123'], /16 hex digits/],
      [['../../../../../x'], /16 hex digits/],
      [[lost, '--undo'], /nobody has said that it is lost/],
    ] as const) {
      const { code, errors } = await uplinkKey('lost', dir, ...words);
      assert.is(code, 2);
      assert.match(errors, why);
    }
    writeFileSync(uplinkPlaces(dir).lostKeys, '{}');
    assert.match((await uplinkKey('list', dir)).errors, /lost-keys\.json is no list of keys/);
  });
});
