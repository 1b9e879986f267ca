/** A back office that is far too slow for its fleet, in simulated time: what is sent again must not make it slower still. */
import { setImmediate as turn } from 'node:timers/promises';
import * as assert from 'uvu/assert';
import { createFleetMark } from '../../../sim/fleet/fleet-mark.ts';
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

/** Validators with so many batches each, and a back office that takes `takesMs` for one. @returns how many batches it was sent */
async function overloaded(validators: number, batches: number, takesMs: number) {
  const time = createSimulatedTime();
  const queue: Arrived[] = [];
  let sent = 0;
  const takeNext = () => {
    const { from, id, seqs } = queue.shift() ?? {};
    if (from !== undefined && id !== undefined && seqs !== undefined)
      from.hear({ answers: id, taken: rangesOf(seqs), refused: [] });
    time.at(time.now() + takesMs, takeNext);
  };
  const marks = Array.from({ length: validators }, (_, i) => {
    const mark = createFleetMark(1);
    const sender: Sender = createSender({
      epoch: () => 1,
      mark,
      silenceMs: 10_000,
      clock: time.now,
      async rowsAfter(seq) {
        if (seq === batches * rowsInBatch) return new Promise(() => {});
        const sealed = Buffer.alloc(40, i);
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
        queue.push({ from: sender, id: idOf(message), seqs });
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
    return mark;
  });
  time.at(0, takeNext);
  await time.runUntil(() => marks.every(({ acknowledged }) => acknowledged === batches * rowsInBatch));
  return sent;
}

suite('uplink under overload', test => {
  test('a hundred validators and two batches a second: few batches are sent twice', async () => {
    const sent = await overloaded(100, 6, 500);
    assert.ok(sent <= 600 * 1.5, `${sent} batches for 600`);
  });

  test('who is answered in time sends nothing twice', async () => {
    assert.is(await overloaded(10, 6, 500), 60);
  });
});
