/** What a reader cannot do, on the way from the core to the card. */
import * as assert from 'uvu/assert';
import { DeviceError, type DeviceErrorKind } from '../../../device/kit/errors.ts';
import { readCard } from '../../../device/tap/read-card.ts';
import { mifareImage, tUnionImage } from '../../../sim/media/card-images.ts';
import { createVirtualCard } from '../../../sim/media/virtual-card.ts';
import { suite } from '../../harness.ts';

const timeoutMs = 600_000;
const failures: readonly DeviceErrorKind[] = ['medium-lost', 'disconnected', 'protocol', 'timeout'];

/** A card whose reader fails after so many answers. */
function failing(image: ReturnType<typeof tUnionImage>, kind: DeviceErrorKind, answers: number) {
  const card = createVirtualCard(image);
  let left = answers;
  return {
    atr: card.atr,
    transmit: (command: Uint8Array) =>
      left-- > 0
        ? Promise.resolve(card.respond(command))
        : Promise.reject(new DeviceError(kind, 'card', 'the wire failed')),
  };
}

suite('a reader that fails', test => {
  test('a storage card stays one, however its reader fails at the one question', async () => {
    for (const kind of failures) {
      const reading = await readCard(failing(mifareImage(), kind, 0), timeoutMs);
      assert.equal(
        reading,
        { reading: { read: 'unsupported', why: 'a storage card' }, ride: undefined },
        kind,
      );
    }
  });

  test('T-Union behind a storage card is read to its end, or has left', async () => {
    const image = { ...tUnionImage(), atr: mifareImage().atr };
    const whole = await readCard(failing(image, 'protocol', 20), timeoutMs);
    assert.is(typeof whole === 'object' && whole.reading.read, 'card');
    assert.is(await readCard(failing(image, 'medium-lost', 2), timeoutMs), 'medium-lost');
  });

  test('any other card has left, or is unreadable', async () => {
    for (const answers of [0, 1, 3]) {
      assert.is(await readCard(failing(tUnionImage(), 'medium-lost', answers), timeoutMs), 'medium-lost');
      const gone = await readCard(failing(tUnionImage(), 'disconnected', answers), timeoutMs);
      assert.is(gone, 'disconnected', 'the reader, not the card');
      assert.equal(await readCard(failing(tUnionImage(), 'protocol', answers), timeoutMs), {
        reading: { read: 'unreadable', why: 'protocol: the wire failed' },
        ride: undefined,
      });
    }
  });

  test('what is unexpected is not swallowed', async () => {
    const broken = {
      atr: createVirtualCard(mifareImage()).atr,
      transmit: () => Promise.reject(new TypeError('a bug')),
    };
    let thrown: unknown;
    await readCard(broken, timeoutMs).catch(error => {
      thrown = error;
    });
    assert.instance(thrown, TypeError);
  });
});
