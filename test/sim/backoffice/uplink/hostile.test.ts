/** Whoever reaches the broker: batches of others, broken ones and old ones, forged answers, a broker that forgets and repeats. */
import * as assert from 'uvu/assert';
import type { DeviceError } from '../../../../device/kit/errors.ts';
import { openUplinkKeys } from '../../../../sim/backoffice/uplink/office-keys.ts';
import { newPrivateKey, publicKeyOf } from '../../../../sync/keys/device-key.ts';
import { encodeBatch } from '../../../../sync/uplink/batch.ts';
import { newSeed, privateKeyOf } from '../../../../sync/uplink/ed25519.ts';
import { writeBody } from '../../../../sync/uplink/messages.ts';
import { keyIdOf } from '../../../../sync/uplink/sealed-row.ts';
import { idOf, maxMessageBytes, signMessage } from '../../../../sync/uplink/signed-message.ts';
import { downTopic, feedTopic, upTopic } from '../../../../sync/uplink/topics.ts';
import { nothingWrong, numbers, openOffice, openValidator, rowsOf } from '../../../contract/broker.ts';
import { suite, until } from '../../../harness.ts';
import { sealRow } from '../../../sealed-rows.ts';
import { openEnd, startBadBroker } from './hostile-stand.ts';

const topicOf = (device: string) => upTopic(device, 'rows');

suite('hostile uplink', test => {
  test('a batch of its validator is stored, acknowledged, and harmless again', async context => {
    const { seeds, batch, hear, acks, rows, end } = openEnd(context);
    const message = await hear(topicOf('a'), seeds.a, await batch('a', [1, 2, 3]));
    end.hear(topicOf('a'), message);
    await end.idle();
    const ack = { topic: downTopic('a', 'ack'), answers: idOf(message), taken: [[1, 3]], refused: [] };
    assert.equal(acks(), [ack, ack]);
    assert.is(rows(), 3);
  });

  test('what another has signed, or nobody, is not even opened', async context => {
    const { end, seeds, batch, hear, acks, rows, problems } = openEnd(context);
    const body = await batch('a', [1]);
    await hear(topicOf('a'), seeds.b, body);
    end.hear(topicOf('a'), Buffer.concat([body, Buffer.alloc(64)]));
    end.hear(topicOf('a'), Buffer.alloc(0));
    // Signed by b, for b's topic, and brought to a's.
    end.hear(topicOf('a'), signMessage(privateKeyOf(seeds.b), topicOf('b'), body));
    end.hear(topicOf('a'), signMessage(privateKeyOf(seeds.a), upTopic('a', 'hello'), body));
    await hear(topicOf('c'), seeds.a, body);
    end.hear('fv1/up/0/a/rows/more', body);
    await end.idle();
    assert.equal([acks(), rows()], [[], 0]);
    assert.equal(problems, [
      'a: rows: too long, or not signed by its validator',
      'c: not enrolled',
      ': a topic that is none of ours',
    ]);
  });

  test('rows that a validator has sealed for another place, or that are none, are refused one by one', async context => {
    const { seeds, hear, acks, rows, sealingKey } = openEnd(context);
    const [good = {}, other = {}] = rowsOf(2);
    const of = (seq: number, row = good, device = 'a') =>
      sealRow({ ...row, seq }, { device, seq }, sealingKey);
    const body = encodeBatch({
      epoch: 1,
      keyId: keyIdOf(sealingKey),
      rows: [
        { seq: 1, sealed: await of(1) },
        { seq: 2, sealed: await of(2, good, 'b') },
        { seq: 3, sealed: await of(4) },
        { seq: 4, sealed: await sealRow({ ...good, seq: 5 }, { device: 'a', seq: 4 }, sealingKey) },
        { seq: 6, sealed: await of(6, { ...other, fare_fen: -1 }) },
        { seq: 7, sealed: await of(7, { ...other, account: '1' }) },
        { seq: 8, sealed: await of(8) },
      ],
    });
    await hear(topicOf('a'), seeds.a, body);
    assert.equal(
      acks().map(ack => [ack?.taken, ack?.refused]),
      [
        [
          [
            [1, 1],
            [8, 8],
          ],
          [
            [2, 4],
            [6, 7],
          ],
        ],
      ],
    );
    assert.is(rows(), 2);
  });

  test('a number that has another row already is refused, and the first row stays', async context => {
    const { seeds, hear, acks, rows, sealingKey, batch } = openEnd(context);
    await hear(topicOf('a'), seeds.a, await batch('a', [1]));
    const changed = await sealRow({ ...rowsOf(1)[0], fare_fen: 5 }, { device: 'a', seq: 1 }, sealingKey);
    const body = encodeBatch({ epoch: 1, keyId: keyIdOf(sealingKey), rows: [{ seq: 1, sealed: changed }] });
    await hear(topicOf('a'), seeds.a, body);
    assert.equal(acks().at(-1)?.refused, [[1, 1]]);
    assert.is(rows(), 1);
  });

  test('what is no batch, too long, or sealed for a key that is not here is not answered: the rows stay on the bus', async context => {
    const { seeds, batch, hear, acks, problems } = openEnd(context);
    await hear(topicOf('a'), seeds.a, Buffer.from('{}'));
    await hear(topicOf('a'), seeds.a, Buffer.alloc(maxMessageBytes));
    const foreign = publicKeyOf(newPrivateKey());
    await hear(topicOf('a'), seeds.a, await batch('a', [1], foreign));
    await hear(upTopic('a', 'status'), seeds.a, Buffer.from('{"ready":true}'));
    assert.equal(acks(), []);
    assert.equal(problems, [
      'a: no batch of rows',
      'a: rows: too long, or not signed by its validator',
      `a: sealed for key ${keyIdOf(foreign)}, which is not here`,
      'a: no status',
    ]);
  });

  test('an older connection’s last will says nothing of the newer one', async context => {
    const { end, seeds, hear } = openEnd(context);
    const say = (connection: number, online: boolean) =>
      hear(upTopic('a', 'presence'), seeds.a, writeBody('presence', { connection, online }));
    const isOnline = () => end.validators()[0]?.online;
    await say(5, true);
    await say(6, true);
    await say(5, false);
    assert.is(isOnline(), true);
    await say(6, false);
    assert.is(isOnline(), false);
    // Repeated by whoever recorded it.
    await say(6, true);
    await say(5, true);
    assert.is(isOnline(), false);
  });

  test('of a status that comes late or again the newest counts, though its validator’s clock was set back', async context => {
    const { end, seeds, hear } = openEnd(context);
    const { epoch, lastSeq, faults, ...told } = nothingWrong;
    const say = (number: number, at: number, terse: string) =>
      hear(
        upTopic('a', 'status'),
        seeds.a,
        writeBody('status', { ...told, faults: [], connection: 5, number, at, terse, queue: 0 }),
      );
    const terse = () => end.validators()[0]?.status?.terse;
    await say(7, 2e12, 'in ten years');
    await say(8, 1e12, 'back');
    await say(7, 2e12, 'in ten years');
    assert.is(terse(), 'back');
    // Its thread has begun to count anew, in another connection.
    await hear(upTopic('a', 'presence'), seeds.a, writeBody('presence', { connection: 6, online: true }));
    await hear(
      upTopic('a', 'status'),
      seeds.a,
      writeBody('status', { ...told, faults: [], connection: 6, number: 0, at: 1, terse: 'anew', queue: 0 }),
    );
    assert.is(terse(), 'anew');
  });

  test('a broker that confirms and forgets, repeats and reorders: each row arrives once', async context => {
    const { url, tally } = await startBadBroker(context);
    const office = openOffice(context, { url });
    office.start();
    const { mark } = openValidator(context, office, { url }, 'a', rowsOf(1000));
    await until('all is acknowledged', () => mark.acknowledged === 1000);
    assert.equal(office.stored('a'), numbers(1000));
    assert.ok(tally.forgotten > 0 && tally.repeated > 0 && tally.late > 0, JSON.stringify(tally));
  });

  test('answers that the back office has not signed, or for another batch, move nothing', async context => {
    const { url, broker } = await startBadBroker(context, false);
    const office = openOffice(context, { url });
    const sent: Buffer[] = [];
    broker.on('publish', ({ topic, payload }) => {
      if (topic === topicOf('a')) sent.push(Buffer.from(payload));
    });
    const { mark, versions, problems } = openValidator(context, office, { url }, 'a', rowsOf(50));
    const first = await until('a batch', () => sent[0]);
    const keys = openUplinkKeys(office.dir);
    const say = (seed: Uint8Array, topic: string, signedFor: string, body: Buffer) =>
      new Promise<void>(resolve =>
        broker.publish(
          {
            ...{ cmd: 'publish', topic, qos: 0, dup: false, retain: false },
            payload: signMessage(privateKeyOf(seed), signedFor, body),
          },
          () => resolve(),
        ),
      );
    const ack = (id: string) => writeBody('ack', { answers: id, taken: [[1, 50]], refused: [] });
    const topic = downTopic('a', 'ack');
    await say(newSeed(), topic, topic, ack(idOf(first)));
    await say(keys.signing, topic, downTopic('b', 'ack'), ack(idOf(first)));
    await say(keys.signing, topic, topic, ack('0'.repeat(32)));
    await say(keys.signing, topic, topic, Buffer.from('{}'));
    await say(newSeed(), feedTopic, feedTopic, writeBody('feed', { version: 9 }));
    const heard = problems.length;
    await until('that nothing counts as an answer', () => problems.length > heard + 1);
    assert.equal([mark.acknowledged, versions], [0, []]);
    assert.ok(problems.every(({ kind }: DeviceError) => kind === 'timeout'));
    await say(keys.signing, topic, topic, ack(idOf(first)));
    await until('the right one', () => mark.acknowledged === 50);
  });
});
