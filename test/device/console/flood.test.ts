/** Floods on the console are bounded in work: in what readline draws and in the commands that run, whatever the bytes are. */
import { duplexPair } from 'node:stream';
import * as assert from 'uvu/assert';
import type { ConsoleContext } from '../../../device/console/context.ts';
import { startSession } from '../../../device/console/session.ts';
import { suite, type TestContext, until } from '../../harness.ts';
import { keepLog } from './kept-log.ts';

const megabyte = 1 << 20;
const floods: Readonly<Record<string, Buffer>> = {
  'Ctrl-C': Buffer.alloc(megabyte, 0x03),
  Enter: Buffer.alloc(megabyte, '\r'),
  Tab: Buffer.alloc(megabyte, '\t'),
  'Ctrl-L': Buffer.alloc(megabyte, 0x0c),
  Escape: Buffer.alloc(megabyte, 0x1b),
  'cursor keys': Buffer.alloc(megabyte, '\x1b[A\x1b[D'),
  'Ctrl-U and Ctrl-Y': Buffer.alloc(megabyte, `${'x'.repeat(150)}\x15\x19\x19`),
  characters: Buffer.alloc(megabyte, '中'),
  'short lines': Buffer.alloc(megabyte, 'x\r'),
  commands: Buffer.alloc(megabyte, 'version\r'),
  noise: Buffer.from(Array.from({ length: megabyte }, (_, i) => (i * 31 + (i >> 8) * 7) % 256)),
};

function open({ after }: TestContext) {
  const [far, near] = duplexPair();
  let floodsTold = 0;
  const context = {
    version: '1.2.3',
    config: { device: 'bus-1-front', line: '2' },
    sm2Engine: 'native',
    flooded: () => floodsTold++,
    log: keepLog(),
  };
  startSession(near, context as unknown as ConsoleContext);
  let output = '';
  far.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  after(() => far.destroy());
  return { far, output: () => output, told: () => floodsTold };
}

suite('a flood on the console', test => {
  for (const [name, bytes] of Object.entries(floods)) {
    test(`a megabyte of ${name}: little is drawn, and the next command is answered`, async context => {
      const { far, output, told } = open(context);
      far.write(bytes);
      await until('it is read', () => far.writableLength === 0);
      const ask = setInterval(() => far.write('\x03cache\r'), 500);
      context.after(() => clearInterval(ask));
      await until('the answer', () => output().includes('cache failed'));
      assert.ok(output().length < 64 * 1024, `${output().length} bytes drawn`);
      assert.ok(output().split('bus-1-front> ').length < 1000, 'few prompts');
      assert.ok(told() <= 1, 'told once');
    });
  }

  test('many commands pasted at once are all answered, also when nothing more will come', async context => {
    const { far, output } = open(context);
    far.end('version\r'.repeat(12));
    await until('twelve answers', () => output().split('firmware').length === 13);
  });

  test('a far end that is quick is told once, and Ctrl-C throws away what waits', async context => {
    const { far, output, told } = open(context);
    far.write('x\r'.repeat(4000));
    await until('the complaint', () => output().includes('too much at once: it was dropped'));
    assert.is(told(), 1);
    far.write(`${'nonsense\r'.repeat(100)}\x03version\r`);
    await until('the answer', () => output().includes('firmware'));
    assert.ok(output().split('nonsense').length < 60);
  });
});
