/** A validator, or whoever has its key and certificate, that says far too much: it is cut short, and nobody else waits for it. */
import * as assert from 'uvu/assert';
import { createAllowances } from '../../../../sim/backoffice/uplink/allowances.ts';
import { type Batch, createBatchQueue } from '../../../../sim/backoffice/uplink/batch-queue.ts';
import { privateKeyOf } from '../../../../sync/uplink/ed25519.ts';
import { writeBody } from '../../../../sync/uplink/messages.ts';
import { signMessage } from '../../../../sync/uplink/signed-message.ts';
import { downTopic, type UpKind, upTopic } from '../../../../sync/uplink/topics.ts';
import { suite } from '../../../harness.ts';
import { openEnd } from './hostile-stand.ts';

const batchOf = (device: string, id: string, bytes = 10): Batch => ({
  device,
  id,
  body: Buffer.alloc(bytes),
});

suite('a flood on the uplink', test => {
  test('a thousand batches and a thousand hellos of one: two and a hundred are looked at, and another is stored as ever', async context => {
    const { end, seeds, batch, acks, rows, problems } = openEnd(context);
    const say = (device: 'a' | 'b', kind: UpKind, body: Uint8Array) => {
      const topic = upTopic(device, kind);
      const message = signMessage(privateKeyOf(seeds[device]), topic, body);
      return () => end.hear(topic, message);
    };
    const [ofA, ofB] = [await batch('a', [1, 2]), await batch('b', [1, 2])];
    const known = { connection: 1, firmware: '1', feedVersion: 1, epoch: 1, lastSeq: 2, acknowledged: 0 };
    const hello = say('a', 'hello', writeBody('hello', { ...known, nonce: '0'.repeat(32) }));
    const flood = say('a', 'rows', ofA);
    for (let i = 0; i < 1000; i++) {
      flood();
      hello();
    }
    say('b', 'rows', ofB)();
    await end.idle();
    const stored = acks().filter(ack => ack?.taken !== undefined);
    assert.equal(
      stored.filter(ack => ack?.topic === downTopic('b', 'ack')).map(ack => ack?.taken),
      [[[1, 2]]],
    );
    assert.is(rows(), 4);
    // Of the two hundred that are heard at once.
    assert.is(acks().filter(ack => ack?.topic === downTopic('a', 'welcome')).length, 100);
    assert.equal(problems, ['a: too many messages']);
  });

  test('fifty messages a second are heard, after a rest two hundred at once, and each validator has its own', () => {
    let now = 0;
    const isAllowed = createAllowances(() => now);
    const count = (device: string, said: number) =>
      Array.from({ length: said }, () => isAllowed(device)).filter(Boolean).length;
    assert.equal([count('a', 1000), count('b', 10)], [200, 10]);
    now += 1000;
    assert.equal([count('a', 1000), count('b', 1000)], [50, 200]);
    now += 3_600_000;
    assert.is(count('a', 1000), 200);
  });

  test('of what one has sent the newest waits, behind those who were before it', async () => {
    const stored: string[] = [];
    let release = () => {};
    const held = new Promise<void>(resolve => {
      release = resolve;
    });
    const queue = createBatchQueue(async ({ id }) => {
      stored.push(id);
      await held;
    });
    const others = Array.from({ length: 40 }, (_, i) => `b${i}`);
    for (const id of ['a1', 'a2', 'a3']) queue.add(batchOf('a', id));
    for (const id of others) queue.add(batchOf(id, id));
    queue.add(batchOf('a', 'a4'));
    release();
    await queue.idle();
    assert.equal(stored, ['a1', ...others, 'a4']);
  });

  test('more than 64 MiB do not wait behind those that are being stored', async () => {
    let release = () => {};
    const held = new Promise<void>(resolve => {
      release = resolve;
    });
    const queue = createBatchQueue(() => held);
    const add = (device: number) => queue.add(batchOf(String(device), '', 2 ** 20));
    const taken = Array.from({ length: 100 }, (_, i) => add(i));
    assert.is(taken.lastIndexOf(true), 32 + 64 - 1);
    // Another in the place of one that waits needs no more room.
    assert.equal([add(95), add(100)], [true, false]);
    release();
    await queue.idle();
    assert.is(add(100), true);
    await queue.idle();
  });
});
