/** The firmware on serial lines: scanner, console and crew display on real PTYs. */
import { randomBytes } from 'node:crypto';
import { stripVTControlCharacters } from 'node:util';
import * as assert from 'uvu/assert';
import { toHex } from '../../../device/core/bytes.ts';
import { createPtyDevice } from '../../drivers/far-end.ts';
import { suite, type TestContext, until } from '../../harness.ts';
import { startStand } from './stand.ts';

async function onSerialLines(context: TestContext) {
  const [scanner, console, crew] = [
    createPtyDevice(context),
    createPtyDevice(context),
    createPtyDevice(context),
  ];
  for (const device of [scanner, console, crew]) await device.plug();
  const stand = await startStand(context, {
    settings: {
      codeReaders: [{ name: 'scanner', driver: 'scanner', path: scanner.path, baudRate: 9600 }],
      displays: [{ name: 'crew', driver: 'terminal', audience: 'crew', path: crew.path, baudRate: 115_200 }],
      console: { path: console.path, frame: '7E1' },
    },
  });
  const printed = () => stripVTControlCharacters(console.received());
  /** Types, and waits for the answer and the prompt after it. */
  async function ask(keys: string, answer: RegExp): Promise<void> {
    const from = printed().length;
    console.send(keys);
    await until(`the answer to ${JSON.stringify(keys)}`, () => {
      const said = printed().slice(from);
      return answer.test(said) && said.endsWith('bus-1-front> ');
    });
  }
  return { stand, scanner, console, crew, printed, ask };
}

suite('serial lines', test => {
  test.needing('socat', 'a code is a ride, and the crew sees it', async context => {
    const { stand, scanner, crew } = await onSerialLines(context);
    const outcome = await stand.present(() => scanner.send(`\x02]Q1${toHex(stand.crowd.code('green'))}\x03`));
    assert.is(outcome.verdict, 'pass');
    await until('the notice', () => Buffer.from(crew.received(), 'latin1').toString().includes('请上车'));
  });

  test.needing(
    'socat',
    'the console: every line end, editing, junk, a line without an end',
    async context => {
      const { console, ask, printed } = await onSerialLines(context);
      await until('the greeting', () => /Type help\.[\s\S]*> $/.test(printed()));
      for (const end of ['\r', '\n', '\r\n']) await ask(`status${end}`, /bus-1-front: WORKS/);
      await ask('statuz\x7fs\r', /bus-1-front: WORKS/);
      await ask('\x1b[31m\x1b[A\x1b[2J\x1b]0;title\x07\x15status\r', /bus-1-front: WORKS/);
      console.send(randomBytes(20_000));
      console.send('x'.repeat(1 << 20));
      await ask('\x15\rstatus\r', /bus-1-front: WORKS/);
    },
  );

  test.needing(
    'socat',
    'the console pulled out half-way through a line, and put back: a fresh session',
    async context => {
      const { stand, console, ask, printed } = await onSerialLines(context);
      await ask('status\r', /bus-1-front: WORKS/);
      console.send('half a li');
      await console.unplug();
      await stand.logged('part-fault', 0);
      const from = printed().length;
      await console.plug();
      await until('the greeting', () => /Type help\.[\s\S]*> $/.test(printed().slice(from)));
      await ask('status\r', /bus-1-front: WORKS/);
    },
  );
});
