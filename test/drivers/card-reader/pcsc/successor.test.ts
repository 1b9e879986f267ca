/** A reader's process that comes after one that was killed puts out the light that it has left. */
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { createHostedReader } from '../../../../drivers/card-reader/hosted/hosted.ts';
import { suite, type TestContext, until } from '../../../harness.ts';
import { temporaryDirectory } from '../../../temporary.ts';
import { openAndSee } from '../seen-events.ts';
import { withBinding } from './bindings.ts';

const program = new URL('../../../../drivers/card-reader/pcsc/program.js', import.meta.url);
const binding = new URL('./lit-binding.js', import.meta.url).href;
const dark = 'ff00400c0400000000';
const green = 'ff00400e0400000000';

/** A reader on a daemon that does nothing but listen. */
async function start(context: TestContext, { before = '', card = false } = {}) {
  const directory = temporaryDirectory(context);
  const socket = join(directory, 'pcscd');
  const file = join(directory, 'lit');
  writeFileSync(file, before);
  const daemon = createServer(client => client.destroy());
  await new Promise<void>(resolve => daemon.listen(socket, resolve));
  context.after(() => daemon.close());
  const reader = createHostedReader({
    name: 'card',
    apduTimeoutMs: 600_000,
    heartbeatTimeoutMs: 600_000,
    program,
    settings: { name: 'card' },
    env: {
      PCSCLITE_CSOCK_NAME: socket,
      NODE_OPTIONS: withBinding(`return { url: ${JSON.stringify(binding)}, shortCircuit: true };`),
      LIT_FILE: file,
      ...(card ? { LIT_CARD: 'yes' } : {}),
    },
  });
  context.after(() => reader.close());
  /** What the lights were told, the newest last, and by which process. */
  const told = () =>
    readFileSync(file, 'utf8')
      .trim()
      .split('\n')
      .map(line => {
        const [pid, command = ''] = line.split(' ');
        return { pid: Number(pid), command };
      });
  const newest = () => told().at(-1);
  return { reader, told, newest, seen: openAndSee(reader) };
}

suite('the successor of a PC/SC reader’s process', test => {
  for (const card of [false, true]) {
    test(`puts its green light out${card ? ', also while a card lies there' : ''}`, async context => {
      const { reader, told, newest, seen } = await start(context, { card });
      await seen.nth('ready', 1);
      await until('dark at the start', () => newest()?.command === dark);
      void reader.indicate?.('green', 'none');
      const lit = await until('green', () => told().find(({ command }) => command === green));
      process.kill(lit.pid, 'SIGKILL');
      await until('dark again', () => newest()?.command === dark);
      assert.not.equal(newest()?.pid, lit.pid);
      await seen.nth('ready', 2);
    });
  }

  test('puts it out when the firmware was killed with it, and only starts now', async context => {
    const { newest } = await start(context, { before: `1 ${green}\n` });
    await until('dark', () => newest()?.command === dark);
  });
});
