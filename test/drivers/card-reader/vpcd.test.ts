import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import * as assert from 'uvu/assert';
import { DeviceError } from '../../../device/kit/errors.ts';
import type { Card } from '../../../device/ports.ts';
import { createVpcdReader } from '../../../drivers/card-reader/vpcd.ts';
import { freePort } from '../../../sim/wires/free-port.ts';
import { insertCard } from '../../../sim/wires/vpcd-card.ts';
import { testCardReader } from '../../contract/card-reader.ts';
import { echoCard } from '../../contract/card-reader-stand.ts';
import { suite, type TestContext, until } from '../../harness.ts';

const host = '127.0.0.1';

testCardReader('vpcd', async (_context, apduTimeoutMs) => {
  const port = await freePort();
  return {
    reader: createVpcdReader({ name: 'front reader', host, port, apduTimeoutMs }),
    insert: (card, ...faults) => insertCard({ host, port, card, faults }),
  };
});

function openReader({ after }: TestContext, port: number) {
  const reader = createVpcdReader({ name: 'front reader', host, port, apduTimeoutMs: 600_000 });
  after(() => reader.close());
  const log: string[] = [];
  const faults: DeviceError[] = [];
  const cards: Card[] = [];
  reader.open({
    ready: () => log.push('ready'),
    fault: error => {
      log.push('fault');
      faults.push(error);
    },
    inserted: card => {
      log.push('inserted');
      cards.push(card);
    },
    removed: () => log.push('removed'),
  });
  return { reader, log, faults, cards };
}

suite('vpcd reader', test => {
  test('tells once that its port is taken, and is ready when it comes free', async context => {
    const squatter = createServer().listen(0, host);
    await once(squatter, 'listening');
    const { port } = squatter.address() as { port: number };
    const { log, faults } = openReader(context, port);
    await until('the fault', () => log.includes('fault'));
    await new Promise(resolve => setTimeout(resolve, 350));
    squatter.close();
    await until('ready', () => log.includes('ready'));
    assert.equal(log, ['fault', 'ready']);
    assert.instance(faults[0], DeviceError);
    assert.is(faults[0]?.kind, 'disconnected');
    assert.is(faults[0]?.device, 'front reader');
  });

  test('can be closed while its port is taken', async context => {
    const squatter = createServer().listen(0, host);
    context.after(() => squatter.close());
    await once(squatter, 'listening');
    const { reader, log } = openReader(context, (squatter.address() as { port: number }).port);
    await until('the fault', () => log.includes('fault'));
    await reader.close();
    assert.equal(log, ['fault']);
  });

  test('can be closed right after it was opened', async context => {
    const port = await freePort();
    const { reader, log } = openReader(context, port);
    await reader.close();
    await new Promise(resolve => setTimeout(resolve, 50));
    assert.equal(log, []);
    const error = await insertCard({ host, port, card: echoCard }).catch((thrown: unknown) => thrown);
    assert.is((error as NodeJS.ErrnoException).code, 'ECONNREFUSED');
  });

  test('hangs up on a second card at once', async context => {
    const port = await freePort();
    const { log } = openReader(context, port);
    await until('ready', () => log.includes('ready'));
    const first = await insertCard({ host, port, card: echoCard });
    context.after(() => first.remove());
    await until('the first', () => log.includes('inserted'));
    const second = await insertCard({ host, port, card: echoCard });
    await second.removed;
    assert.equal(log, ['ready', 'inserted']);
  });

  test('takes the next card though it comes in the moment the last one leaves', async context => {
    const port = await freePort();
    const { log, cards } = openReader(context, port);
    await until('ready', () => log.includes('ready'));
    let last = await insertCard({ host, port, card: echoCard });
    for (let tap = 2; tap <= 50; tap++) {
      await until(`tap ${tap - 1}`, () => cards.length === tap - 1);
      const leaving = last.remove();
      last = await insertCard({ host, port, card: echoCard });
      await leaving;
    }
    await until('tap 50', () => cards.length === 50);
    await last.remove();
  });

  test('powers a card on, asks its ATR, and powers it off before closing', async context => {
    const port = await freePort();
    const { reader, log } = openReader(context, port);
    await until('ready', () => log.includes('ready'));
    const wire = connect(port, host);
    const heard: Buffer[] = [];
    wire.on('data', chunk => heard.push(chunk));
    await until('power on and the question', () => Buffer.concat(heard).length >= 6);
    wire.write(Buffer.from('00023b00', 'hex'));
    await until('the card', () => log.includes('inserted'));
    const gone = once(wire, 'close');
    await reader.close();
    await gone;
    assert.is(Buffer.concat(heard).toString('hex'), '000101' + '000104' + '000100');
  });

  test('drops a card that speaks unasked', async context => {
    const port = await freePort();
    const { log, cards } = openReader(context, port);
    await until('ready', () => log.includes('ready'));
    const wire = connect(port, host);
    wire.on('error', () => {});
    await once(wire, 'data');
    wire.write(Buffer.from('00023b00', 'hex'));
    await until('the card', () => log.includes('inserted'));
    wire.write(Buffer.from('00029000', 'hex'));
    await until('its removal', () => log.includes('removed'));
    const error = await cards[0]?.transmit(Uint8Array.of(0, 0xb0, 0, 0)).catch((thrown: unknown) => thrown);
    assert.is((error as DeviceError).kind, 'protocol');
  });
});
