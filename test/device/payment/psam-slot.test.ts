/** The PSAM in its slot: there, gone, blocked, and another one put in. */
import * as assert from 'uvu/assert';
import { DeviceError } from '../../../device/kit/errors.ts';
import { openPsamSlot } from '../../../device/payment/psam-slot.ts';
import type { Card, CardReaderEvents } from '../../../device/ports.ts';
import { createPsam } from '../../../sim/media/psam.ts';
import { testPurseKeys } from '../../../sim/media/purse-keys.ts';
import { suite, type TestContext, until } from '../../harness.ts';

function slotOf(context: TestContext) {
  const told: string[] = [];
  let events: CardReaderEvents | undefined;
  const reader = {
    name: 'psam',
    open: (given: CardReaderEvents) => {
      events = given;
    },
    close: async () => {},
  };
  let now = 0;
  const part = {
    ready: () => told.push('ready'),
    fault: ({ kind, message }: DeviceError) => told.push(`${kind}: ${message}`),
  };
  const slot = openPsamSlot(reader, 1, part, () => now);
  context.after(slot.close);
  const says = (words: string) => until(words, () => told.at(-1) === words);
  if (events === undefined) throw new Error('the reader is not open');
  const pass = (ms: number) => {
    now += ms;
  };
  return { slot, events, says, told, pass };
}

function psam(terminal: string, blocked?: number): Card {
  const card = createPsam({ keys: testPurseKeys, terminal, ...(blocked !== undefined && { blocked }) });
  return { atr: card.atr, transmit: async command => card.respond(command) };
}

const numberOf = ({ slot }: ReturnType<typeof slotOf>) =>
  Buffer.from(slot.terminal()?.number ?? []).toString('hex');

suite('PSAM slot', test => {
  test('an empty slot is a fault; a PSAM is known by its number; so is the next one', async context => {
    const stand = slotOf(context);
    stand.events.ready();
    await stand.says('disconnected: no PSAM in the slot');
    stand.events.inserted(psam('110000000042'));
    await stand.says('ready');
    assert.is(numberOf(stand), '110000000042');
    stand.events.removed();
    await stand.says('disconnected: no PSAM in the slot');
    assert.is(stand.slot.terminal(), undefined);
    let refusal: unknown;
    await stand.slot.transmit(Uint8Array.of(0)).catch(error => {
      refusal = error;
    });
    assert.instance(refusal, DeviceError);
    stand.events.inserted(psam('110000000043'));
    await stand.says('ready');
    assert.is(numberOf(stand), '110000000043');
  });

  test('a blocked PSAM is a fault, is asked again, and may be well later', async context => {
    const stand = slotOf(context);
    let blocked = true;
    const [well, ill] = [psam('110000000042'), psam('110000000042', 0x6a81)];
    stand.events.inserted({
      atr: well.atr,
      transmit: command => (blocked ? ill : well).transmit(command),
    });
    await stand.says('protocol: the PSAM does not give its number (6A81)');
    blocked = false;
    await stand.says('ready');
  });

  test('what a purchase shows counts until the next one', async context => {
    const stand = slotOf(context);
    stand.slot.tell('nothing is in the slot yet');
    assert.equal(stand.told, []);
    stand.events.inserted(psam('110000000042'));
    await stand.says('ready');
    stand.slot.tell('the PSAM answered 9403');
    await stand.says('protocol: the PSAM answered 9403');
    stand.slot.tell(undefined);
    await stand.says('ready');
    stand.slot.tell('the PSAM answered 6985');
    await stand.says('protocol: the PSAM answered 6985');
    stand.pass(10_000);
    await stand.says('ready');
  });

  test('a reader that fails is told in its own words, and a PSAM that answers late after it is none', async context => {
    const stand = slotOf(context);
    let answer = (_: Uint8Array) => {};
    const transmit = () =>
      new Promise<Uint8Array>(resolve => {
        answer = resolve;
      });
    stand.events.inserted({ atr: Uint8Array.of(0x3b), transmit });
    stand.events.removed();
    answer(Uint8Array.from([1, 2, 3, 4, 5, 6, 0x90, 0x00]));
    stand.events.fault(new DeviceError('disconnected', 'psam', 'unplugged'));
    await stand.says('disconnected: unplugged');
    assert.is(stand.slot.terminal(), undefined);
  });
});
