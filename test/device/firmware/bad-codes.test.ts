/** Damaged, overlong and meaningless input on the scanner's wire: refused, and the next code is answered at once. */
import { randomBytes } from 'node:crypto';
import * as assert from 'uvu/assert';
import { toHex } from '../../../device/core/bytes.ts';
import { suite, until } from '../../harness.ts';
import { nextMediumMs, type Stand, startStand } from './stand.ts';

const damaged = [
  'malformed',
  'unsupported',
  'unknown-authority',
  'certificate-expired',
  'bad-certificate',
  'bad-issuer-signature',
  'bad-user-signature',
];

async function isRefused(stand: Stand, line: string | Uint8Array, reasons: readonly string[]): Promise<void> {
  const outcome = await stand.scan(line);
  const what = `${String(outcome.reason)} for ${String(line).slice(0, 40)}`;
  assert.is(outcome.verdict, 'invalid', what);
  assert.ok(reasons.includes(String(outcome.reason)), what);
  assert.is(outcome.fareTaken, false);
}

/** The next good code rides, whatever came before it: it is sent until it is heard, as a passenger would. */
async function nextCodeRides(stand: Stand): Promise<void> {
  const code = toHex(stand.crowd.code('green'));
  const before = stand.log.length;
  let sentAt = 0;
  const ridden = await until(
    'the next code rides',
    () => {
      if (performance.now() - sentAt > 500) {
        sentAt = performance.now();
        stand.post.scanner.send(code);
      }
      return stand.log.slice(before).find(({ event, verdict }) => event === 'tap' && verdict === 'pass');
    },
    nextMediumMs,
  );
  assert.is(ridden.reader, 'scanner');
}

suite('bad codes', test => {
  test('single-byte changes, cut short, too long: refused, and the code itself still rides', async context => {
    const stand = await startStand(context);
    const code = stand.crowd.phone('green').showCode({ at: Date.now(), validityS: 600 });
    const step = Math.ceil(code.length / 60);
    for (let at = 0; at < code.length; at += step) {
      const bit = 1 << (at % 8);
      await isRefused(stand, code.with(at, (code[at] ?? 0) ^ bit), damaged);
    }
    for (const length of [1, 2, 3, 117, 198, 331, code.length - 1]) {
      await isRefused(stand, code.subarray(0, length), ['malformed']);
    }
    for (const extra of [1, 32, 33, 1500]) {
      await isRefused(stand, Buffer.concat([code, Buffer.alloc(extra)]), ['malformed']);
    }
    await isRefused(stand, toHex(code).slice(0, -1), ['malformed']);
    assert.is((await stand.scan(code)).verdict, 'pass');
  });

  test('a line of a megabyte, with an end or without', async context => {
    const stand = await startStand(context);
    await isRefused(stand, 'a1'.repeat(1 << 19), ['malformed']);
    await nextCodeRides(stand);
    const { present, post } = stand;
    const endless = await present(() => post.scanner.send(Buffer.alloc(1 << 20, 'f')));
    assert.is(endless.reason, 'malformed');
    await nextCodeRides(stand);
  });

  test('raw binary without a line end, and a megabyte of noise', async context => {
    const stand = await startStand(context);
    const { present, post } = stand;
    const binary = Buffer.from(stand.crowd.code('green')).filter(byte => byte !== 10 && byte !== 13);
    assert.is((await present(() => post.scanner.send(binary))).reason, 'malformed');
    await nextCodeRides(stand);
    // Ended, or what is sent at once would be the end of the noise: a passenger is slower than the silence that ends it.
    await present(() => post.scanner.send(Buffer.concat([randomBytes(1 << 20), Buffer.from('\n')])));
    await nextCodeRides(stand);
    assert.ok(stand.log.every(({ event }) => event !== 'stderr' && event !== 'exit'));
  });

  test('a flood of tiny codes holds nobody up, and does not flood the log', async context => {
    const stand = await startStand(context);
    stand.post.scanner.send(Buffer.from('80\r\n'.repeat(1 << 18)));
    await nextCodeRides(stand);
    // The code was sent until it was heard: its repeats may be told between.
    const before = stand.log.length;
    const held = await stand.post.insert(stand.crowd.tUnion('green'), []);
    const card = await until('the card', () =>
      stand.log.slice(before).find(({ reader }) => reader === 'card'),
    );
    await held.remove();
    assert.is(card.verdict, 'pass');
    const dropped = stand.log.filter(({ event }) => event === 'presentations-dropped').length;
    assert.ok(dropped > 0 && dropped < 1000, `${dropped} lines of log about dropped presentations`);
  });

  test('line ends of every kind, blank lines, spaces around, lower and upper case', async context => {
    const stand = await startStand(context);
    const lines = [
      (code: string) => `${code}\r`,
      (code: string) => `${code}\n`,
      (code: string) => `\r\n\r\n  ${code.toUpperCase()}  \r\n`,
      (code: string) => code,
    ];
    for (const line of lines) {
      const code = toHex(stand.crowd.code('green'));
      const outcome = await stand.present(() => stand.post.scanner.send(Buffer.from(line(code))));
      assert.is(outcome.verdict, 'pass', JSON.stringify(line('code')));
    }
  });
});
