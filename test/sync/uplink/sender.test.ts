/** Rows in their order, again after silence, and only what was acknowledged for the batch itself counts. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import type { SealedRow } from '../../../device/data-ports.ts';
import { decodeBatch } from '../../../sync/uplink/batch.ts';
import { openMark } from '../../../sync/uplink/mark.ts';
import type { Ranges } from '../../../sync/uplink/messages.ts';
import { createSender, type Sender } from '../../../sync/uplink/sender.ts';
import { idOf } from '../../../sync/uplink/signed-message.ts';
import { suite, type TestContext, until } from '../../harness.ts';
import { temporaryDirectory } from '../../temporary.ts';

/** A journal of so many rows, and a network in the test's hands. */
function stand(context: TestContext, rows: number, gapAfter = rows) {
  const file = join(temporaryDirectory(context), 'mark');
  const mark = openMark(file, 'a');
  const sent: { readonly id: string; readonly seqs: readonly number[] }[] = [];
  const pauses: number[] = [];
  let pass: (() => void) | undefined;
  let lose: (why: Error) => void = () => {};
  let silences = 0;
  let now = 0;
  const lost = new Promise<never>((_, reject) => {
    lose = reject;
  });
  lost.catch(() => undefined);
  const seqs = Array.from({ length: rows }, (_, i) => (i < gapAfter ? i + 1 : i + 101));
  const sender: Sender = createSender({
    epoch: () => 1,
    mark,
    silenceMs: 10_000,
    clock: () => now,
    async rowsAfter(seq, limit) {
      const found = seqs.filter(each => each > seq).slice(0, limit);
      return found.length > 0 ? found.map(sealed) : lost;
    },
    sign: body => Buffer.from(body),
    async publish(message) {
      sent.push({ id: idOf(message), seqs: decodeBatch(message)?.rows.map(({ seq }) => seq) ?? [] });
    },
    pause(ms, answered) {
      pauses.push(ms);
      const over = new Promise<'silence'>(resolve => {
        pass = () => resolve('silence');
      });
      return Promise.race([answered, over, lost]);
    },
    progress: () => undefined,
    silent: () => silences++,
  });
  const running = sender.run().catch(() => undefined);
  context.after(async () => {
    lose(new Error('the test is over'));
    await running;
  });
  return {
    mark,
    file,
    sent,
    pauses,
    silences: () => silences,
    sender,
    /** @param ms until the silence is over unless given */
    passTime(ms?: number) {
      now += ms ?? pauses.at(-1) ?? 0;
      if (ms === undefined) pass?.();
    },
    batch: (index: number) =>
      until(`batch ${index}`, () => (pauses.length > index ? sent[index] : undefined)),
    ack: (index: number, taken: Ranges, refused: Ranges = []) =>
      sender.hear({ answers: sent[index]?.id ?? '', taken, refused }),
  };
}

const sealed = (seq: number): SealedRow => ({ seq, keyId: '00112233445566aa', sealed: Buffer.alloc(40) });

suite('uplink sender', test => {
  test('batch after batch, over a gap of lost rows, each when the one before is acknowledged', async context => {
    const { batch, ack, mark, sent } = stand(context, 250, 150);
    assert.equal((await batch(0)).seqs.slice(-1), [100]);
    ack(0, [[1, 100]]);
    assert.equal((await batch(1)).seqs.slice(48, 52), [149, 150, 251, 252]);
    assert.is(mark.acknowledged, 100);
    ack(1, [
      [101, 150],
      [251, 300],
    ]);
    assert.is((await batch(2)).seqs[0], 301);
    assert.is(sent.length, 3);
  });

  test('after silence the same rows again, less and less often; a late acknowledgement of the first still counts', async context => {
    const { batch, ack, mark, passTime, pauses, silences } = stand(context, 150);
    for (let i = 0; i < 8; i++) {
      assert.is((await batch(i)).seqs[0], 1);
      passTime();
    }
    await batch(8);
    assert.equal(pauses, [10_000, 20_000, 40_000, 80_000, 160_000, 300_000, 300_000, 300_000, 300_000]);
    assert.is(silences(), 8);
    ack(0, [[1, 100]]);
    assert.is((await batch(9)).seqs[0], 101);
    assert.is(mark.acknowledged, 100);
  });

  test('answers that are slow are waited for longer, and quick ones as long as at first', async context => {
    const { batch, ack, passTime, pauses } = stand(context, 3000);
    await batch(0);
    passTime();
    await batch(1);
    passTime(5000);
    // The first batch's own answer, after 15 s: RFC 6298 then waits 15 + 4 × 7.5 s.
    ack(0, [[1, 100]]);
    await batch(2);
    assert.is(pauses.at(-1), 45_000);
    passTime(15_000);
    ack(2, [[101, 200]]);
    await batch(3);
    assert.is(pauses.at(-1), 37_500);
    for (let i = 3; i < 25; i++) {
      passTime(100);
      ack(i, [[i * 100 - 99, i * 100]]);
      await batch(i + 1);
    }
    assert.is(pauses.at(-1), 10_000);
  });

  test('the back office is heard: a long silence ends, and a batch that was just sent is not sent again', async context => {
    const { batch, passTime, pauses, sender, sent } = stand(context, 100);
    for (let i = 0; i < 3; i++) {
      await batch(i);
      passTime();
    }
    await batch(3);
    assert.is(pauses.at(-1), 80_000);
    passTime(4000);
    sender.wake();
    await until('a shorter wait', () => pauses.at(-1) === 6000);
    assert.is(sent.length, 4);
    passTime();
    await batch(4);
    assert.is(pauses.at(-1), 20_000);
  });

  test('an acknowledgement counts once, for its own batch and its rows, and never backwards', async context => {
    const { batch, ack, mark, sender, sent } = stand(context, 250);
    await batch(0);
    sender.hear({ answers: '0'.repeat(32), taken: [[1, 100]], refused: [] });
    assert.is(mark.acknowledged, 0);
    ack(0, [[1, 4_000_000_000]]);
    assert.is(mark.acknowledged, 100);
    await batch(1);
    ack(0, [[1, 4_000_000_000]]);
    ack(1, [[1, 100]]);
    assert.is(mark.acknowledged, 100);
    assert.is(sent.length, 2);
  });

  test('what is missing in an acknowledgement is sent again, with all that follows it', async context => {
    const { batch, ack, mark } = stand(context, 100);
    await batch(0);
    ack(0, [
      [1, 40],
      [42, 100],
    ]);
    assert.is((await batch(1)).seqs[0], 41);
    assert.is(mark.acknowledged, 40);
  });

  test('rows that are refused are counted, and hold up nothing', async context => {
    const { batch, ack, mark, file } = stand(context, 101);
    await batch(0);
    ack(0, [[1, 98]], [[99, 100]]);
    await batch(1);
    const refused = { rows: 2, last: 100, newest: [99, 100] };
    assert.equal(mark.refused, refused);
    const again = openMark(file, 'a');
    assert.equal([again.acknowledged, again.refused], [100, refused]);
    // Another device's file says nothing of this one.
    assert.is(openMark(file, 'b').acknowledged, 0);
  });

  test('the mark of an earlier firmware counts, and another epoch of the journal begins anew', context => {
    const { mark, file } = stand(context, 1);
    mark.advance(7, []);
    const { epoch, refused, ...before } = JSON.parse(readFileSync(file, 'utf8'));
    writeFileSync(file, JSON.stringify({ ...before, refused: { rows: 2, last: 5 } }), { mode: 0o600 });
    const again = openMark(file, 'a');
    assert.equal([again.epoch, again.acknowledged, again.refused.newest], [1, 7, []]);
    again.begin(2526);
    const next = openMark(file, 'a');
    assert.equal([next.epoch, next.acknowledged, next.refused.rows], [2526, 0, 0]);
  });

  test('the number of a connection is higher each time, also when the clock is set back or the file is lost', context => {
    const { mark } = stand(context, 1);
    assert.is(mark.nextConnection(1_654_000_000_000), 1_654_000_000);
    assert.is(mark.nextConnection(5), 1_654_000_001);
    assert.is(mark.nextConnection(1_655_000_000_000), 1_655_000_000);
  });
});
