/** A back office that is far too slow for its fleet, and a path that forgets, in simulated time: what is sent again must not make it slower still. */
import { setImmediate as turn } from 'node:timers/promises';
import * as assert from 'uvu/assert';
import { createFleetMark } from '../../../sim/fleet/fleet-mark.ts';
import { createRandom } from '../../../sim/media/random.ts';
import { decodeBatch } from '../../../sync/uplink/batch.ts';
import { rangesOf } from '../../../sync/uplink/messages.ts';
import { createSender, type Sender } from '../../../sync/uplink/sender.ts';
import { idOf } from '../../../sync/uplink/signed-message.ts';
import { suite } from '../../harness.ts';

interface Arrived {
  readonly from: Sender;
  readonly id: string;
  readonly seqs: readonly number[];
}

const rowsInBatch = 100;

/** Time that goes to the next thing that is due, when nothing else is to be done. */
function createSimulatedTime() {
  const due: { readonly at: number; readonly act: () => void }[] = [];
  let now = 0;
  return {
    now: () => now,
    at: (at: number, act: () => void) => void due.push({ at, act }),
    async runUntil(isOver: () => boolean) {
      for (let next = due[0]; !isOver(); ) {
        for (let i = 0; i < 3; i++) await turn();
        due.sort((a, b) => a.at - b.at);
        next = due.shift();
        if (next === undefined) throw new Error('nothing is due any more');
        now = Math.max(now, next.at);
        next.act();
      }
    },
  };
}

interface Fleet {
  readonly validators: number;
  /** Of each, from the beginning. */
  readonly batches: number;
  /** So long the back office takes for one. */
  readonly takesMs: number;
  /** So long it is away before, and what comes then is lost. */
  readonly awayMs?: number;
  /** Asked of each batch and of each acknowledgement: the broker confirms it, and forgets it. */
  readonly isLost?: () => boolean;
}

/** @returns how many batches were sent while it was away and in all, and how long all took from when it was there */
async function play({ validators, batches, takesMs, awayMs = 0, isLost = () => false }: Fleet) {
  const time = createSimulatedTime();
  const queue: Arrived[] = [];
  const rows = batches * rowsInBatch;
  let sent = 0;
  const takeNext = () => {
    const { from, id, seqs } = queue.shift() ?? {};
    if (from !== undefined && id !== undefined && seqs !== undefined && !isLost())
      from.hear({ answers: id, taken: rangesOf(seqs), refused: [] });
    time.at(time.now() + takesMs, takeNext);
  };
  const members = Array.from({ length: validators }, () => {
    const mark = createFleetMark(1);
    const sender: Sender = createSender({
      epoch: () => 1,
      mark,
      silenceMs: 10_000,
      clock: time.now,
      async rowsAfter(seq) {
        if (seq === rows) return new Promise(() => {});
        const sealed = Buffer.alloc(40);
        return Array.from({ length: rowsInBatch }, (_, row) => ({
          seq: seq + row + 1,
          keyId: '00112233445566aa',
          sealed,
        }));
      },
      sign: body => Buffer.from(body),
      async publish(message) {
        sent++;
        const seqs = decodeBatch(message)?.rows.map(({ seq }) => seq) ?? [];
        if (time.now() >= awayMs && !isLost()) queue.push({ from: sender, id: idOf(message), seqs });
      },
      pause: (ms, until) =>
        Promise.race([
          until,
          new Promise<'silence'>(resolve => time.at(time.now() + ms, () => resolve('silence'))),
        ]),
      progress: () => undefined,
      silent: () => undefined,
    });
    void sender.run();
    return { mark, sender };
  });
  let sentAway = 0;
  time.at(awayMs, () => {
    sentAway = sent;
    // It says what version the feed has, and all hear it.
    for (const { sender } of members) sender.wake();
    takeNext();
  });
  await time.runUntil(() => members.every(({ mark }) => mark.acknowledged === rows));
  return { sent, sentAway, tookS: (time.now() - awayMs) / 1000 };
}

suite('uplink under overload', test => {
  test('a hundred validators and two batches a second: few batches are sent twice', async () => {
    const { sent } = await play({ validators: 100, batches: 6, takesMs: 500 });
    assert.ok(sent <= 600 * 1.5, `${sent} batches for 600`);
  });

  test('who is answered in time sends nothing twice', async () => {
    assert.is((await play({ validators: 10, batches: 6, takesMs: 500 })).sent, 60);
  });

  test('the back office is away for a day: hardly anything is said meanwhile, and the day’s rows are there in minutes', async () => {
    const validators = 20;
    const dayS = 86_400;
    const { sent, sentAway, tookS } = await play({
      validators,
      batches: 30,
      takesMs: 100,
      awayMs: dayS * 1000,
    });
    // One in five minutes, and the first ones.
    assert.ok(sentAway / validators <= dayS / 300 + 6, `${sentAway} batches into the void`);
    assert.ok(
      sent - sentAway <= 30 * validators + validators,
      `${sent - sentAway} batches for ${30 * validators}`,
    );
    assert.ok(tookS <= 70, `${tookS} s for what takes 60`);
  });

  for (const [share, mostS] of [
    [0.2, 3600],
    [0.5, 36_000],
  ] as const)
    test(`a path that forgets ${share * 100} of a hundred messages is slow, and never given up`, async () => {
      const random = createRandom(1);
      const isLost = () => random.next() < share;
      const { sent, tookS } = await play({ validators: 5, batches: 30, takesMs: 1000, isLost });
      // A batch and its acknowledgement both have to arrive.
      const expected = 150 / (1 - share) ** 2;
      assert.ok(sent <= expected * 1.25, `${sent} batches for ${expected}`);
      assert.ok(tookS <= mostS, `${tookS} s`);
    });
});
