/** Script mode: one command in, one JSON line out; and pages, for people. */
import * as assert from 'uvu/assert';
import { suite, until } from '../../harness.ts';
import { openSession } from './small-session.ts';

suite('console: script mode', test => {
  test('one line for each command, no echo, no prompt; refusals have codes; script off ends it', async context => {
    const login = { tryPin: async () => false };
    const { far, output } = openSession(context, { login });
    await until('the prompt', () => output().endsWith('> '));
    far.write('script\r');
    await until('script mode', () => output().endsWith('}\r\n'));
    const from = output().length;
    const commands = ['version', 'bogus', 'sync', 'lang xx', '   ', 'login', 'help version'];
    far.write(`${commands.join('\r')}\r`);
    const lines = () => output().slice(from).split('\r\n').slice(0, -1);
    await until('six answers', () => lines().length === 6);
    const [version, bogus, sync, lang, login_, help] = lines().map(line => JSON.parse(line));
    assert.is(version.ok, true);
    assert.is(version.command, 'version');
    assert.is(version.data.firmware, '1.2.3');
    assert.equal(bogus, {
      ok: false,
      command: null,
      error: { code: 'unknown-command', message: 'unknown command: bogus. Type help.' },
    });
    assert.is(sync.error.code, 'login-needed');
    assert.equal([lang.command, lang.error.code], ['lang', 'usage']);
    assert.is(login_.error.code, 'aborted');
    assert.is(help.data.commands[0].example, 'version');
    far.write('script off\rversion\r');
    await until('a prompt again', () =>
      /"terminal"\}\}\r\nbus-1-front> [\s\S]*firmware +1\.2\.3/.test(output()),
    );
  });

  test('as many answers as commands, in their order, also of more than wait; none is left out', async context => {
    const { far, output } = openSession(context);
    far.write('script\r');
    await until('script mode', () => output().endsWith('}\r\n'));
    const from = output().length;
    far.write('lang\r'.repeat(60));
    const lines = () => output().slice(from).split('\r\n').slice(0, -1);
    await until('60 answers', () => lines().length >= 60);
    const codes = lines().map(line => JSON.parse(line).error.code);
    assert.is(codes.length, 60);
    assert.ok(codes.every(code => code === 'usage' || code === 'too-much'));
    assert.is(codes[0], 'usage');
  });

  test('a flood, and half a command, are refused and not obeyed', async context => {
    const { far, output } = openSession(context);
    far.write('script\r');
    await until('script mode', () => output().endsWith('}\r\n'));
    far.write('x'.repeat(1 << 20));
    far.write('\r');
    await until('an answer', () => output().includes('unknown-command'));
    far.write(`version ${'x'.repeat(400)}\r`);
    await until('refused', () => output().includes('too long'));
    far.write(Buffer.alloc(100_000, 'version\r'));
    await until('too much', () => output().includes('too-much'));
    const lines = output()
      .split('\r\n')
      .filter(line => line.startsWith('{'));
    for (const line of lines) JSON.parse(line);
    assert.not.match(output(), /1\.2\.3[\s\S]*too long/);
  });

  test('what is data of the firmware’s own can move no cursor and end no line', async context => {
    const { far, output } = openSession(context, { version: 'a\u2028b\u001b[2Jc' });
    far.write('script\rversion\r');
    await until('the answer', () => output().includes('firmware"'));
    assert.match(output(), 'a\\u2028b\\u001b[2Jc');
  });
});

suite('console: pages', test => {
  const shownLines = (text: string) => text.split('\r\n').filter(line => line.includes('  ')).length;

  test('off at first; then a page at a time: space, Enter, q', async context => {
    const { type } = openSession(context);
    assert.not.match(await type('help\r', /script[\s\S]*> $/), /more/);
    await type('page 6\r', /pages of 6 rows/);
    const first = await type('help\r', /more.*--$/);
    assert.is(shownLines(first), 5);
    assert.is(shownLines(await type('\r', /\r +\r.*\r\n.*more.*--$/)), 1);
    assert.ok(shownLines(await type(' ', /\r +\r[\s\S]*more.*--$/)) >= 5);
    await type('xq', /\r +\rbus-1-front> $/);
    assert.match(await type('page off\rversion\r', /firmware/), 'all at once');
  });

  test('on: as high as telnet said', async context => {
    const { far, type } = openSession(context);
    far.write(Buffer.from('\xff\xfb\x1f\xff\xfa\x1f\x00\x50\x00\x07\xff\xf0', 'latin1'));
    await type('page on\r', /pages of 7 rows/);
  });

  test('what it cannot be is refused', async context => {
    const { type } = openSession(context);
    for (const bad of ['page', 'page 3', 'page -1', 'page x', 'page 501', 'page 5.5'])
      await type(`${bad}\r`, /page: on, off or 4 to 500 rows/);
  });

  test('a far end that goes in the middle leaves nothing waiting', async context => {
    const { type, far } = openSession(context);
    await type('page 5\rhelp\r', /more.*--$/);
    far.end();
    await until('the session has ended', () => far.readableEnded);
  });
});

suite('console: two languages', test => {
  test('help, answers and refusals in Chinese, until lang en', async context => {
    const { type } = openSession(context);
    await type('lang zh\r', /中文/);
    assert.match(await type('version\r', /主机/), '固件');
    assert.match(await type('help\r', /命令列表/), /status +本机是否正常/);
    assert.match(await type('help version\r', /示例/), /用法 +version/);
    await type('bogus\r', /没有此命令/);
    await type('lang en\r', /English/);
    await type('bogus\r', /unknown command/);
  });
});
