/** The format of the uplink: the files beside its page, topics of all names, seals and signatures that hold for one place only. */
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import * as assert from 'uvu/assert';
import { z } from 'zod';
import type { RowPlace } from '../../../device/data-ports.ts';
import { decodeRow, encodeRow } from '../../../device/journal/row-text.ts';
import { newPrivateKey, publicKeyOf } from '../../../sync/keys/device-key.ts';
import { type Batch, decodeBatch, encodeBatch, fitting } from '../../../sync/uplink/batch.ts';
import { newSeed, privateKeyOf, publicHalfOf, verifyingKeyOf } from '../../../sync/uplink/ed25519.ts';
import { type Bodies, bodies, isIn, rangesOf, readBody } from '../../../sync/uplink/messages.ts';
import { createRowOpener, keyIdOf } from '../../../sync/uplink/sealed-row.ts';
import { maxMessageBytes, openMessage, signMessage } from '../../../sync/uplink/signed-message.ts';
import { downTopic, levelOf, readUpTopic, upTopic } from '../../../sync/uplink/topics.ts';
import { suite } from '../../harness.ts';
import { sealRow } from '../../sealed-rows.ts';

const file = (name: string) =>
  readFileSync(new URL(`../../../../docs/formats/uplink/${name}.json`, import.meta.url));
const kinds: readonly (keyof Bodies)[] = [
  ...(['hello', 'status', 'presence', 'answer', 'welcome', 'ack', 'command', 'feed'] as const),
];
const row = {
  seq: 7,
  at: 1_654_041_599_000,
  line: '2路',
  token: Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8),
  tac: null,
};
const deviceName = fc.stringMatching(/^[A-Za-z0-9._-]{1,64}$/);

function readExample(name: string) {
  const { body, ...example } = JSON.parse(String(file(name)));
  return { ...example, batch: decodeBatch(Buffer.from(body, 'hex')) };
}

suite('uplink format', test => {
  for (const kind of kinds) {
    test(`${kind}: the schema of the page is the code’s; the good example is one, the bad one is none`, () => {
      assert.equal(
        JSON.parse(String(file(`${kind}.schema`))),
        JSON.parse(JSON.stringify(z.toJSONSchema(bodies[kind]))),
      );
      assert.equal(readBody(kind, file(`${kind}.good`)), JSON.parse(String(file(`${kind}.good`))));
      assert.is(readBody(kind, file(`${kind}.bad`)), undefined);
    });
  }

  test('rows: the good example opens with its key, the bad one is cut off', async () => {
    const { device, sealingPrivateKey, rows, batch } = readExample('rows.good');
    const key = Buffer.from(sealingPrivateKey, 'hex');
    const { epoch, keyId } = batch;
    const opener = createRowOpener();
    const opened = [];
    for (const { seq, sealed } of batch.rows)
      opened.push(decodeRow(await opener.open(sealed, { device, epoch, seq }, keyId, key)));
    const withBytes = (row: { readonly token: string }) => ({
      ...row,
      token: new Uint8Array(Buffer.from(row.token, 'hex')),
    });
    assert.equal(opened, rows.map(withBytes));
    assert.is(readExample('rows.bad').batch, undefined);
  });

  test('a topic is each device’s own, and of characters that all brokers take', () => {
    fc.assert(
      fc.property(deviceName, deviceName, (device, other) => {
        const topic = upTopic(device, 'rows');
        assert.match(topic, /^[a-z0-9_-]+(\/[a-z0-9_-]+){4}$/);
        assert.equal(readUpTopic(topic), { device, kind: 'rows' });
        assert.is(levelOf(device) === levelOf(other), device === other);
      }),
    );
    assert.is(levelOf('Bus_1.front'), '_42us_5f1_2efront');
    assert.is(readUpTopic(downTopic('a', 'ack')), undefined);
    // Another shard, a name that is written otherwise, a kind that is none.
    const shard = upTopic('a', 'rows').split('/')[2] ?? '';
    const wrong = (Number.parseInt(shard, 16) ^ 1).toString(16);
    for (const topic of [`fv1/up/${wrong}/a/rows`, `fv1/up/${shard}/_61/rows`, `fv1/up/${shard}/a/row`, ''])
      assert.is(readUpTopic(topic), undefined, topic);
  });

  test('a row comes out as it went in, and its length is a multiple of 128', () => {
    const plain = encodeRow(row);
    assert.is(plain.length % 128, 0);
    const { tac, ...told } = row;
    assert.equal(decodeRow(plain), told);
    for (const text of ['', '[]', 'null', '"row"', '{'])
      assert.throws(() => decodeRow(Buffer.from(text)), undefined, text);
    assert.equal(decodeRow(Buffer.from('{"token":"0"}')), { token: '0' });
  });

  test('a sealed row opens with its key, at its place, under its key’s name, and nowhere else', async () => {
    const key = newPrivateKey();
    const keyId = keyIdOf(publicKeyOf(key));
    const place = { device: 'a', epoch: 1, seq: 7 };
    const sealed = await sealRow(row, place, publicKeyOf(key));
    const open = (bytes: Uint8Array, at: RowPlace = place, name = keyId, opening: Uint8Array = key) =>
      createRowOpener().open(bytes, at, name, opening);
    assert.is(decodeRow(await open(sealed)).seq, 7);
    const refused = (opening: Promise<unknown>) =>
      opening.then(
        () => assert.unreachable(),
        () => undefined,
      );
    await refused(open(sealed, { ...place, device: 'b' }));
    await refused(open(sealed, { ...place, epoch: 2 }));
    await refused(open(sealed, { ...place, seq: 8 }));
    await refused(open(sealed, place, '0'.repeat(16)));
    await refused(open(sealed, place, keyId, newPrivateKey()));
    for (const length of [0, 33, 49, sealed.length - 1]) await refused(open(sealed.subarray(0, length)));
    for (let at = 0; at < sealed.length; at++) await refused(open(sealed.with(at, (sealed[at] ?? 0) ^ 1)));
  });

  test('a signature is good for one key, one topic and one body', () => {
    const seed = newSeed();
    const key = verifyingKeyOf(publicHalfOf(seed));
    const message = signMessage(privateKeyOf(seed), 'a', Buffer.from('body'));
    assert.equal(openMessage(key, 'a', message), Buffer.from('body'));
    assert.is(openMessage(key, 'b', message), undefined);
    assert.is(openMessage(verifyingKeyOf(publicHalfOf(newSeed())), 'a', message), undefined);
    for (let at = 0; at < message.length; at++) {
      const changed = Buffer.from(message);
      changed[at] = (changed[at] ?? 0) ^ 1;
      assert.is(openMessage(key, 'a', changed), undefined, `${at}`);
    }
    assert.is(openMessage(key, 'a', message.subarray(0, 63)), undefined);
    const long = signMessage(privateKeyOf(seed), 'a', Buffer.alloc(maxMessageBytes));
    assert.is(openMessage(key, 'a', long), undefined);
  });

  test('a batch is read as it was written; anything cut, repeated or too much is none', () => {
    const sealed = new Uint8Array(Buffer.from('sealed'));
    const batch: Batch = { epoch: 3, keyId: '00112233445566aa', rows: [3, 5].map(seq => ({ seq, sealed })) };
    const body = encodeBatch(batch);
    assert.equal(
      decodeBatch(body)?.rows.map(({ seq, sealed: bytes }) => [seq, String(bytes)]),
      [
        [3, 'sealed'],
        [5, 'sealed'],
      ],
    );
    assert.equal([decodeBatch(body)?.epoch, decodeBatch(body)?.keyId], [3, '00112233445566aa']);
    assert.not.equal(encodeBatch(batch), body, 'what is sent again is another message');
    for (const epoch of [0, 65_536]) assert.is(decodeBatch(encodeBatch({ ...batch, epoch })), undefined);
    for (let length = 0; length < body.length; length++)
      assert.is(decodeBatch(body.subarray(0, length)), undefined, `${length}`);
    assert.is(decodeBatch(Buffer.concat([body, Buffer.alloc(1)])), undefined);
    const one = { seq: 1, sealed };
    for (const rows of [[], [one, one], [{ seq: 0, sealed }], [{ seq: 1, sealed: Buffer.alloc(4097) }]])
      assert.is(decodeBatch(encodeBatch({ ...batch, rows })), undefined);
    fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), bytes => void decodeBatch(Buffer.from(bytes))));
  });

  test('no more rows are taken than one message holds', () => {
    const keyId = '0'.repeat(16);
    const rowsOf = (bytes: number) =>
      Array.from({ length: 200 }, (_, i) => ({ seq: i + 1, keyId, sealed: Buffer.alloc(bytes) }));
    const rows = fitting(rowsOf(4096));
    assert.is(rows.length, 63);
    assert.ok(encodeBatch({ epoch: 1, keyId, rows }).length + 64 <= maxMessageBytes);
    assert.is(fitting(rowsOf(9)).length, 100);
    const rotated = rowsOf(9).map(each => (each.seq < 30 ? each : { ...each, keyId: '1'.repeat(16) }));
    assert.is(fitting(rotated).length, 29, 'a batch is for one key');
  });

  test('ranges are what they were made of', () => {
    const seqs = [1, 2, 3, 7, 9, 10];
    assert.equal(rangesOf(seqs), [
      [1, 3],
      [7, 7],
      [9, 10],
    ]);
    assert.equal(
      Array.from({ length: 12 }, (_, seq) => seq).filter(seq => isIn(rangesOf(seqs), seq)),
      seqs,
    );
  });
});
