/** Damaged, overlong and meaningless input on the scanner's wire: refused, and the next code is answered at once. */
import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import * as assert from 'uvu/assert';
import { toHex } from '../../../device/core/bytes.ts';
import { suite, until } from '../../harness.ts';
import { nextPassengerMs, type Stand, startStand } from './stand.ts';

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

/** The next good code rides, whatever came before it and has not yet ended its line. */
async function nextCodeRides(stand: Stand): Promise<void> {
  const before = stand.log.length;
  stand.post.scanner.send(`\n${toHex(stand.crowd.code('green'))}`);
  const ridden = await until('the next code rides', () =>
    stand.log.slice(before).find(({ event, verdict }) => event === 'tap' && verdict === 'pass'),
  );
  assert.is(ridden.reader, 'scanner');
}

suite('bad codes', test => {
  const shared = test.shared(startStand);

  test('single-byte changes, cut short, too long: refused, and the code itself still rides', async () => {
    const stand = await shared();
    const code = stand.crowd.phone('green').showCode({ at: Date.now(), validityS: 600 });
    const step = Math.ceil(code.length / 60);
    for (let at = 0; at < code.length; at += step) {
      const bit = 1 << (at % 8);
      await isRefused(stand, code.with(at, (code[at] ?? 0) ^ bit), damaged);
    }
    for (const length of [16, 117, 198, code.length - 2, code.length - 1]) {
      await isRefused(stand, code.subarray(0, length), ['malformed']);
    }
    for (const extra of [1, 32, 33, 1500]) {
      await isRefused(stand, Buffer.concat([code, Buffer.alloc(extra)]), ['malformed']);
    }
    await isRefused(stand, toHex(code).slice(0, -1), ['malformed']);
    assert.is((await stand.scan(code)).verdict, 'pass');
  });

  test('a line of a megabyte, with an end or without', async () => {
    const stand = await shared();
    await isRefused(stand, 'a1'.repeat(1 << 19), ['malformed']);
    await nextCodeRides(stand);
    const { present, post } = stand;
    const endless = await present(() => post.scanner.send(Buffer.alloc(1 << 20, 'f')));
    assert.is(endless.reason, 'malformed');
    await nextCodeRides(stand);
  });

  test('raw binary without a line end, and a megabyte of noise', async () => {
    const stand = await shared();
    const { present, post } = stand;
    // Whole it would be taken, for then no byte in it ends a line.
    const binary = Buffer.from(stand.crowd.code('green').subarray(0, 300)).filter(
      byte => byte !== 10 && byte !== 13,
    );
    // One of its bytes may be ETX, which ends a line at once: soon after the code before, that would be one salvo with it.
    await delay(nextPassengerMs);
    assert.is((await present(() => post.scanner.send(binary))).reason, 'malformed');
    await nextCodeRides(stand);
    await delay(nextPassengerMs);
    await present(() => post.scanner.send(randomBytes(1 << 20)));
    await nextCodeRides(stand);
    assert.ok(stand.log.every(({ event }) => event !== 'stderr' && event !== 'exit'));
  });

  test('what a module says by itself is no tap, puts out no green light, and is told once', async () => {
    const stand = await shared();
    const { scanner } = stand.post;
    const technician = await stand.technician();
    const explained = technician.ask('explain');
    await until('the wait', () => technician.text().includes('Ctrl-C ends the wait'));
    const before = stand.rows().length;
    for (let i = 0; i < 20; i++) scanner.send('NR');
    scanner.send(Buffer.from('\x06\r\nScan Engine V1.02 ready\r\nSN:0042\r\n'));
    await until('the note', () => /note: code-reader scanner: .*NOREAD/.test(technician.text()));
    assert.is((await stand.scan(stand.crowd.code('green'))).verdict, 'pass');
    await stand.shows('passenger', 'light green', '请上车');
    for (const talk of ['NOREAD', 'OK', 'E001']) scanner.send(talk);
    assert.match(await explained, /verdict +pass/);
    assert.is((await stand.tap(stand.crowd.tUnion('green'))).verdict, 'pass');
    assert.is(stand.rows().length, before + 2);
    const notes = stand.log.filter(({ event, name }) => event === 'part-note' && name === 'scanner');
    const newest = notes.map(({ note }) => String(note).split('; ').at(-1));
    for (const what of ['NOREAD', 'acknowledgements', 'power-on']) {
      assert.is(newest.filter(note => note?.includes(what)).length, 1, what);
    }
    const status = await stand.ask('status');
    for (const what of ['NOREAD', 'acknowledgements', 'power-on']) {
      assert.match(status, new RegExp(`note +code-reader scanner: .*${what}`));
    }
  });

  test('a salvo of other texts is one refusal, and pushes no ride code out', async () => {
    const stand = await shared();
    const before = stand.rows().length;
    const texts = Array.from({ length: 40 }, (_, i) => `https://example.com/line${i}\r\n`).join('');
    const ride = toHex(stand.crowd.code('green'));
    const { verdict } = await stand.present(() =>
      stand.post.scanner.send(Buffer.from(`${texts}${ride}\r\n${texts}`)),
    );
    assert.is(verdict, 'pass');
    assert.is((await stand.tap(stand.crowd.tUnion('green'))).verdict, 'pass');
    assert.is(stand.rows().length, before + 2);
    await delay(400);
    const { reason } = await stand.present(() => stand.post.scanner.send(Buffer.from(texts)));
    assert.is(reason, 'unsupported');
    assert.is((await stand.tap(stand.crowd.tUnion('green'))).verdict, 'pass');
    assert.is(stand.rows().length, before + 4);
  });

  test('explain and the log say what a code looks like that cannot be read', async () => {
    const stand = await shared();
    const technician = await stand.technician();
    const explained = technician.ask('explain');
    await until('the wait', () => technician.text().includes('Ctrl-C ends the wait'));
    const tap = await stand.scan(toHex(stand.crowd.code('green')).slice(0, -1));
    assert.match(await explained, /FAILED +code read: hex with an odd number of digits/);
    assert.match(String(tap.why), /odd number of digits/);
  });

  test('a flood of tiny codes holds nobody up, and does not flood the log', async () => {
    const stand = await shared();
    stand.post.scanner.send(Buffer.from('80\r\n'.repeat(1 << 18)));
    await nextCodeRides(stand);
    assert.is((await stand.tap(stand.crowd.tUnion('green'))).verdict, 'pass');
    const told = stand.log.filter(({ event }) => event === 'flooded').length;
    assert.ok(told > 0 && told < 10, `${told} lines of log about the flood`);
  });

  test('line ends of every kind, blank lines, spaces around, lower and upper case', async () => {
    const stand = await shared();
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
