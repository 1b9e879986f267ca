/** What a prankster, a modem's daemon and a pulled cable do to the console: taps go on, technicians get in, nothing leaks. */
import { readdirSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { hashPin } from '../../../device/console/login/pin-hash.ts';
import { suite, until } from '../../harness.ts';
import { type Stand, startStand } from './stand.ts';

const pin = '471147';
const noise = Buffer.from(Array.from({ length: 1 << 20 }, (_, i) => (i * 31 + (i >> 8) * 7) % 256));
/** How ModemManager looks whether a serial line is a modem, and what else it sends there. */
const probes = ['AT\r', 'AT\r', 'ATI\r', 'AT+CGMI\r', 'AT+GCAP\r', 'ATZ E0 V1\r', '\x7e\x00\x78\xf0\x7e'];

/** Sends bytes, as they are, on a line of their own. @returns ends the line without a word */
function openLine(stand: Stand, bytes: Buffer | string): Promise<() => void> {
  const line = connect(stand.post.consolePort, '127.0.0.1').on('error', () => {});
  line.resume();
  return new Promise(resolve => line.write(bytes, () => resolve(() => line.resetAndDestroy())));
}

const openFiles = ({ post }: Stand) => readdirSync(`/proc/${post.firmware.pid}/fd`).length;

suite('a console that is abused', test => {
  const shared = test.shared(async context => {
    const hash = await hashPin(pin);
    return startStand(context, {
      settings: ({ console: line }) => ({ console: { ...line, pin: hash } }),
      policy: { repeatWindowS: 0 },
    });
  });

  async function tapPasses(stand: Stand): Promise<void> {
    const from = stand.log.length;
    await stand.tap(stand.crowd.tUnion('green'));
    await until('the tap', () =>
      stand.log.slice(from).find(({ event, verdict }) => event === 'tap' && verdict === 'pass'),
    );
  }

  test('a megabyte without a line end, noise, and a modem’s daemon: taps pass, another session is answered', async () => {
    const stand = await shared();
    const lines = await Promise.all([
      openLine(stand, Buffer.alloc(1 << 20, 'x')),
      openLine(stand, noise),
      openLine(stand, probes.join('').repeat(40)),
    ]);
    await tapPasses(stand);
    assert.match(await stand.ask('version'), /firmware/);
    for (const hangUp of lines) hangUp();
    await tapPasses(stand);
  });

  test('consoles pulled in the middle of a command, 40 times: no open file stays behind', async () => {
    const stand = await shared();
    await stand.ask('version');
    const before = openFiles(stand);
    for (let i = 0; i < 40; i++) (await openLine(stand, 'help\rpage 4\rhelp\rlogin\r47'))();
    await until('all are closed', () => openFiles(stand) <= before);
    await tapPasses(stand);
  });

  test('two sessions at once, each with its own language and log-in', async () => {
    const stand = await shared();
    const [one, other] = [await stand.technician(), await stand.technician()];
    await one.ask('lang zh');
    assert.match(await other.ask('sync'), /login first/);
    one.type(`login\r${pin}\r`);
    await until('the log-in', () => one.text().includes('已登录'));
    assert.match(await one.ask('journal'), /序号/);
    assert.match(await other.ask('journal'), /login first/);
    await Promise.all([one.close(), other.close()]);
  });

  test('wrong PINs: counted on the disk, taps pass, the right one is taken after its wait; no PIN is in the log', async () => {
    const stand = await shared();
    const prankster = await stand.technician();
    for (let i = 0; i < 4; i++) {
      const from = prankster.text().length;
      prankster.type('login\r999999\r');
      await until('refused', () => prankster.text().slice(from).includes('that is not the PIN'));
      await tapPasses(stand);
    }
    const count = readFileSync(join(stand.directory, 'journal.sqlite-console'), 'utf8');
    assert.is(count, '{"wrong":4}\n');
    const technician = await stand.technician();
    technician.type(`login\r${pin}\r`);
    await until('the log-in', () => technician.text().includes('logged in'));
    assert.match(technician.text(), /yours is tried in \d s/);
    assert.match(await technician.ask('journal 1'), /last seq/);
    const log = stand.log.map(line => JSON.stringify(line)).join('\n');
    assert.not.match(log, new RegExp(`${pin}|999999`));
    assert.ok(stand.log.some(({ event, outcome }) => event === 'console-login' && outcome === 'wrong'));
    await Promise.all([prankster.close(), technician.close()]);
  });
});
