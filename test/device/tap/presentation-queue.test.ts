import * as assert from 'uvu/assert';
import { createPresentationQueue } from '../../../device/tap/presentation-queue.ts';
import { suite } from '../../harness.ts';

suite('presentation queue', test => {
  /** The first medium is being taken until `release`; the others wait. */
  function start() {
    const taken: string[] = [];
    const overflows: string[] = [];
    const queue = createPresentationQueue(reader => overflows.push(reader));
    let release = () => {};
    queue.add(
      'front',
      () =>
        new Promise<void>(resolve => {
          release = resolve;
        }),
    );
    const add = (reader: string, ...names: string[]) => {
      for (const name of names) queue.add(reader, () => void taken.push(name));
    };
    const finish = async () => {
      release();
      await queue.idle();
    };
    return { queue, add, finish, taken, overflows };
  }

  test('takes one after the other, in the order they came', async () => {
    const { add, finish, taken } = start();
    add('front', 'a');
    add('rear', 'b');
    add('front', 'c');
    assert.equal(taken, []);
    await finish();
    assert.equal(taken, ['a', 'b', 'c']);
  });

  test('of one reader’s media that wait the newest four count, and the other’s stay', async () => {
    const { add, finish, taken, overflows } = start();
    add('rear', 'r1');
    add('front', 'f1', 'f2', 'f3', 'f4', 'f5', 'f6');
    add('rear', 'r2');
    await finish();
    assert.equal(taken, ['r1', 'f3', 'f4', 'f5', 'f6', 'r2']);
    assert.equal(overflows, ['front'], 'told once');
  });

  test('tells an overflow again after it has been empty', async () => {
    const { queue, add, finish, overflows } = start();
    add('front', '1', '2', '3', '4', '5');
    await finish();
    queue.add('front', () => Promise.resolve());
    add('front', '1', '2', '3', '4', '5');
    await queue.idle();
    assert.equal(overflows, ['front', 'front']);
  });

  test('what is no ride crowds out none: of it the newest waits, and only while no ride does', async () => {
    const { queue, add, finish, taken, overflows } = start();
    const refuse = (reader: string, ...names: string[]) => {
      for (const name of names) queue.add(reader, () => void taken.push(name), false);
    };
    refuse('rear', 'no1', 'no2');
    refuse('front', 'no3', 'no4');
    add('front', 'a');
    refuse('front', 'no5', 'no6', 'no7', 'no8', 'no9');
    add('front', 'b');
    refuse('front', 'no10');
    await finish();
    assert.equal(taken, ['no2', 'a', 'b']);
    assert.equal(overflows, []);
  });

  test('is idle at once when nothing was presented', async () => {
    await createPresentationQueue(() => {}).idle();
  });
});
