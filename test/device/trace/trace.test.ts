/** A trace: what is in the file, what is masked in it, and that Wireshark's own reader has nothing to say against it. */
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Duplex } from 'node:stream';
import * as assert from 'uvu/assert';
import { readTransitCard } from '../../../device/core/transit-card.ts';
import { cardTap, wireTap } from '../../../device/kit/taps.ts';
import type { Card, CardReader, CardReaderEvents } from '../../../device/ports.ts';
import { startCapture } from '../../../device/trace/capture.ts';
import { traced } from '../../../device/trace/traced-reader.ts';
import { tapStream } from '../../../drivers/wire/tapped-stream.ts';
import { importDump } from '../../../sim/media/import/import-dump.ts';
import { createVirtualCard, readAsFirmware } from '../../../sim/media/virtual-card.ts';
import { suite, type TestContext, until } from '../../harness.ts';
import { temporaryDirectory } from '../../temporary.ts';
import { tUnionImage } from './images.ts';

const at = Date.parse('2022-06-10T08:00:00.123+08:00');
const lines = new Map([
  ['gnss', 'plain'],
  ['scanner', 'scanner'],
] as const);

function begin(context: TestContext, limits: { maxBytes?: number; maxMs?: number } = {}) {
  const path = join(temporaryDirectory(context), 'trace.pcapng');
  const capture = startCapture({
    ...{ path, application: 'fare-validator 1', lines, clock: () => at },
    ...{ maxBytes: 1 << 20, maxMs: 3_600_000, ...limits },
  });
  context.after(() => capture.stop('the test is over'));
  return { path, capture };
}

/** A reader whose cards are put there by hand. */
function readerInHand() {
  let told: CardReaderEvents | undefined;
  const reader: CardReader = {
    name: 'card',
    open(events) {
      told = events;
    },
    close: async () => undefined,
  };
  const put: Card[] = [];
  const events = {
    ready() {},
    fault() {},
    inserted: (card: Card) => void put.push(card),
    removed() {},
  };
  traced(reader).open(events);
  return { put, insert: (card: Card) => told?.inserted(card), remove: () => told?.removed() };
}

async function readThrough(hand: ReturnType<typeof readerInHand>): Promise<void> {
  const virtual = createVirtualCard(tUnionImage);
  hand.insert({ atr: virtual.atr, transmit: async command => virtual.respond(command) });
  const card = hand.put.at(-1);
  assert.ok(card);
  const dialogue = readTransitCard(card.atr);
  for (let step = dialogue.next(); !step.done; ) step = dialogue.next(await card.transmit(step.value));
  hand.remove();
}

const tshark = (path: string, ...more: string[]) =>
  spawnSync('tshark', ['-r', path, ...more], {
    encoding: 'utf8',
    // Its own files go where they are removed.
    env: { ...process.env, HOME: mkdtempSync(join(path, '..', 'home-')) },
  });

suite('trace', test => {
  test.needing('tshark', 'tshark reads cards and lines, and finds no fault in them', async context => {
    const { path, capture } = begin(context);
    await readThrough(readerInHand());
    wireTap.publish({ name: 'gnss', direction: 'in', bytes: Buffer.from('$GNGGA,080000*00\r\n') });
    wireTap.publish({ name: 'gnss', direction: 'out', bytes: Buffer.from([0, 1]) });
    await capture.stop('enough');
    const brief = tshark(path);
    assert.is(brief.status, 0, brief.stderr);
    assert.match(
      brief.stdout,
      /Field on[\s\S]*I-block, No chaining, Block number 0[\s\S]*Block number 1[\s\S]*Field off/,
    );
    assert.match(brief.stdout, /DATA_RX_START[\s\S]*DATA_TX_START/);
    const whole = tshark(path, '-V');
    assert.match(whole.stdout, 'Event: Data transfer PCD -> PICC');
    assert.not.match(whole.stdout, /malformed|expert info|unreassembled/i);
    const experts = tshark(path, '-q', '-z', 'expert');
    assert.not.match(experts.stdout, /Errors|Warn|Notes|Chats/);
  });

  test('neither number nor records of a card are in it, nor what a scanner reads', async context => {
    const { path, capture } = begin(context);
    await readThrough(readerInHand());
    const code = '8001020304310487001234567890';
    for (const part of [code.slice(0, 9), code.slice(9), '\r\n'])
      wireTap.publish({ name: 'scanner', direction: 'in', bytes: Buffer.from(part) });
    await capture.stop('enough');
    const file = readFileSync(path);
    const number = Buffer.from('03105170010170907984', 'hex');
    for (let from = 2; from + 3 <= number.length; from++) {
      assert.is(file.indexOf(number.subarray(from, from + 3)), -1, `bytes ${from} of the number`);
    }
    assert.is(file.indexOf('01020304'), -1);
    assert.ok(file.indexOf('xxxxxxxxx') > 0);
    // What tells of no holder is there: the application's name, the dates, the status.
    assert.ok(file.indexOf(Buffer.from('a000000632010105', 'hex')) > 0);
    assert.ok(file.indexOf(Buffer.from('2019080620401231', 'hex')) > 0);
  });

  test('a card of a trace says again what it said, under a number of zeros', async context => {
    const { path, capture } = begin(context);
    await readThrough(readerInHand());
    await capture.stop('enough');
    const { image } = importDump(path);
    const reading = readAsFirmware(image);
    assert.is(reading.read, 'card');
    if (reading.read !== 'card') return;
    const { number, city, validFrom, validTo, balanceFen, kind } = reading.card;
    assert.match(number, /^0+$/);
    assert.equal(
      [city, validFrom, validTo, balanceFen, kind],
      ['1000', '2019-08-06', '2040-12-31', 2850, 'ordinary'],
    );
  });

  test('while nobody traces, cards and streams are as they were', async context => {
    assert.is(cardTap.hasSubscribers || wireTap.hasSubscribers, false);
    const hand = readerInHand();
    const card: Card = { atr: Uint8Array.of(0x3b), transmit: async () => Uint8Array.of(0x90, 0) };
    hand.insert(card);
    assert.is(hand.put[0], card);
    const { capture } = begin(context);
    await capture.stop('enough');
    assert.is(cardTap.hasSubscribers || wireTap.hasSubscribers, false);
  });

  test('a stream is heard both ways, and gives and takes the same bytes', async context => {
    const written: Buffer[] = [];
    const stream = new Duplex({
      read() {},
      write(chunk, _, done) {
        written.push(chunk);
        done();
      },
    });
    tapStream('gnss', stream);
    const { path, capture } = begin(context);
    stream.push(Buffer.from('from it'));
    const [read] = await once(stream, 'data');
    stream.write('to it');
    await until('written', () => written.length === 1);
    await capture.stop('enough');
    assert.is(String(read), 'from it');
    assert.is(String(written[0]), 'to it');
    const file = readFileSync(path);
    assert.ok(file.indexOf('from it') > 0 && file.indexOf('to it') > 0);
    assert.is(capture.state().packets, 2);
  });

  test('limits end it; the file is whole, and nobody’s but ours', async context => {
    const small = begin(context, { maxBytes: 600 });
    for (let i = 0; i < 50; i++)
      wireTap.publish({ name: 'gnss', direction: 'in', bytes: Buffer.alloc(100, 0x41) });
    assert.match(small.capture.state().ended ?? '', 'most bytes');
    await small.capture.stop('the test looks at it');
    assert.is(statSync(small.path).size, small.capture.state().bytes);
    assert.ok(statSync(small.path).size <= 600);
    assert.is(statSync(small.path).mode & 0o777, 0o600);
    const short = begin(context, { maxMs: 5 });
    await until('its end', () => short.capture.state().ended === 'its time is over');
  });

  test('a file that is there is not written over', context => {
    const { path } = begin(context);
    const again = () =>
      startCapture({ path, application: 'x', lines, maxBytes: 1000, maxMs: 1000, clock: () => at });
    assert.throws(again, /EEXIST/);
  });
});
