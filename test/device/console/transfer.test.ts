/** Files over the console's line: lrzsz at both ends, as technicians' terminal programs have it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Duplex } from 'node:stream';
import * as assert from 'uvu/assert';
import { startSession } from '../../../device/console/session.ts';
import { createTelnet } from '../../../device/console/terminal/telnet.ts';
import { isProgram } from '../../../drivers/wire/program.ts';
import { suite, type TestContext, until } from '../../harness.ts';
import { temporaryDirectory } from '../../temporary.ts';
import { contextOf, openSession } from './small-session.ts';

const lrzsz = { what: 'lrzsz', packages: ['lrzsz'], met: () => isProgram('sz') && isProgram('rz') };
const terminals = {
  what: 'picocom, socat and lrzsz',
  packages: ['picocom', 'socat', 'lrzsz'],
  met: () => ['picocom', 'socat', 'sz', 'rz'].every(program => isProgram(program)),
};

/** Every byte, and what ZMODEM, telnet and readline each hold for something else. */
const bytes = Buffer.from(Array.from({ length: 150_000 }, (_, i) => (i * 131 + (i >> 7) * 17) % 256));
const escapes = Buffer.alloc(
  20_000,
  Buffer.from([0xff, 0xff, 0x18, 0x0d, 0x00, 0x03, 0x11, 0x13, 0xff, 0xfd, 0x0d]),
);
const content = Buffer.concat([bytes, escapes]);

/** A validator's files, and a folder of the technician's. */
function folders(context: TestContext) {
  const root = temporaryDirectory(context);
  const [outbox, theirs] = [join(root, 'journal-outbox'), join(root, 'theirs')];
  for (const folder of [outbox, theirs]) mkdirSync(folder, { mode: 0o700 });
  writeFileSync(join(outbox, 'diagnostics-bus-1-front-1.tar.gz'), content);
  const config = { device: 'bus-1-front', line: '2', journal: join(root, 'journal') };
  return { theirs, inbox: join(root, 'journal-in'), given: { config } };
}

/** The other end's program, on the far end of the line from now on. */
function attach(
  { after }: TestContext,
  far: Duplex,
  program: string,
  args: readonly string[],
  cwd: string,
  telnet?: ReturnType<typeof createTelnet>,
): ChildProcess {
  const child = spawn(program, args, { cwd, stdio: ['pipe', 'pipe', 'ignore'] });
  const heard = (chunk: Buffer | string) => {
    const raw = Buffer.from(chunk as string, 'latin1');
    child.stdin.write(telnet?.binary(raw) ?? raw);
  };
  far.on('data', heard);
  child.stdin.on('error', () => {});
  // At the line's pace: what waits in between would still come after a break.
  child.stdout.on('data', chunk => {
    if (far.writableEnded || far.write(telnet?.encode(chunk) ?? chunk)) return;
    child.stdout.pause();
    far.once('drain', () => child.stdout.resume());
  });
  child.on('exit', () => far.off('data', heard));
  after(() => child.kill('SIGKILL'));
  return child;
}

function openLine(context: TestContext, given: object) {
  const session = openSession(context, given);
  session.far.setEncoding('latin1');
  return session;
}

suite('console: files by ZMODEM', test => {
  test.needing(lrzsz, 'send: the file comes out byte for byte, and keys are keys again', async context => {
    const { theirs, given } = folders(context);
    const { type, far, log } = openLine(context, given);
    await type('send\r', /diagnostics-bus-1-front-1\.tar\.gz +170000 bytes/);
    await type('send diagnostics\r', /\*\*.B00/);
    const rz = attach(context, far, 'rz', ['-vv', '-E'], theirs);
    await once(rz, 'exit');
    await type('', /sent diagnostics[\s\S]*> $/);
    assert.equal(readFileSync(join(theirs, 'diagnostics-bus-1-front-1.tar.gz')), content);
    assert.match(await type('version\r', /firmware[\s\S]*> $/), '1.2.3');
    const transfers = log.lines.filter(line => line.startsWith('console-transfer'));
    assert.is(transfers.length, 1);
    assert.match(transfers[0] ?? '', /"direction":"sent".*"outcome":"done"/);
  });

  test.needing(lrzsz, 'receive: files come whole, into a directory apart', async context => {
    const { theirs, inbox, given } = folders(context);
    const { type, far } = openLine(context, given);
    writeFileSync(join(theirs, 'bundle.json'), content);
    writeFileSync(join(theirs, 'empty'), '');
    await type('receive\r', /\*\*.B01/);
    attach(context, far, 'sz', ['-vv', 'bundle.json', 'empty'], theirs);
    await type('', /bundle\.json +170000 bytes[\s\S]*empty +0 bytes[\s\S]*> $/);
    assert.equal(readFileSync(join(inbox, 'bundle.json')), content);
    assert.equal(readdirSync(inbox).sort(), ['bundle.json', 'empty']);
  });

  test.needing(lrzsz, 'both ways through telnet', async context => {
    const { theirs, inbox, given } = folders(context);
    const { type, far } = openLine(context, given);
    await type(Buffer.from([0xff, 0xfb, 0x1f]), /\xff\xfd./);
    const client = () => {
      const telnet = createTelnet({ reply() {}, resized() {} });
      telnet.offer();
      return telnet;
    };
    await type('send diagnostics\r', /\*\*.B00/);
    await once(attach(context, far, 'rz', [], theirs, client()), 'exit');
    await type('', /sent diagnostics[\s\S]*> $/);
    const [name = ''] = readdirSync(theirs);
    assert.equal(readFileSync(join(theirs, name)), content);
    await type('receive\r', /\*\*.B01/);
    attach(context, far, 'sz', [name], theirs, client());
    await type('', /170000 bytes[\s\S]*> $/);
    assert.equal(readFileSync(join(inbox, name)), content);
  });

  test.needing(
    lrzsz,
    'broken off by the far end: said, nothing half stays, keys are keys again',
    async context => {
      const { theirs, inbox, given } = folders(context);
      const { type, far } = openLine(context, given);
      writeFileSync(join(theirs, 'large'), Buffer.alloc(30_000_000, content));
      await type('receive\r', /\*\*.B01/);
      const sz = attach(context, far, 'sz', ['large'], theirs);
      await until('some of it is there', () =>
        readdirSync(inbox).some(name => readdirSync(join(inbox, name)).length > 0),
      );
      // As a terminal program whose user has had enough: CAN, five times and more.
      sz.kill('SIGKILL');
      await once(sz, 'exit');
      far.write(Buffer.alloc(10, 0x18));
      await type('', /no file: it was broken off[\s\S]*> $/);
      assert.equal(readdirSync(inbox), []);
      assert.match(await type('version\r', /firmware[\s\S]*> $/), '1.2.3');
    },
  );

  test.needing(lrzsz, 'the line goes in the middle: program and half a file go too', async context => {
    const { theirs, inbox, given } = folders(context);
    const { type, far, log } = openLine(context, given);
    writeFileSync(join(theirs, 'large'), Buffer.alloc(30_000_000, content));
    await type('receive\r', /\*\*.B01/);
    attach(context, far, 'sz', ['large'], theirs);
    await until('some of it is there', () =>
      readdirSync(inbox).some(name => readdirSync(join(inbox, name)).length > 0),
    );
    far.end();
    await until('the end in the log', () => log.lines.some(line => line.includes('"outcome":"aborted"')));
    await until('nothing is left', () => readdirSync(inbox).length === 0);
  });

  test.needing(lrzsz, 'names that could be more than names, and links, are not taken up', async context => {
    const { theirs, inbox, given } = folders(context);
    const { type, far } = openLine(context, given);
    const names = ['a b', '-rf', '名', 'good.txt'];
    for (const name of ['.hidden', ...names]) writeFileSync(join(theirs, name), name);
    mkdirSync(inbox, { mode: 0o700 });
    symlinkSync(join(theirs, '.hidden'), join(inbox, 'good.txt'));
    await type('receive\r', /\*\*.B01/);
    attach(context, far, 'sz', ['--', ...names], theirs);
    await type('', /good\.txt +8 bytes[\s\S]*> $/);
    assert.equal(readdirSync(inbox), ['good.txt']);
    assert.is(readFileSync(join(inbox, 'good.txt'), 'utf8'), 'good.txt');
    assert.is(readFileSync(join(theirs, '.hidden'), 'utf8'), '.hidden');
    await type('receive\r', /\*\*.B01/);
    const hidden = attach(context, far, 'sz', ['.hidden'], theirs);
    await type('', /no file: it was broken off[\s\S]*> $/);
    hidden.kill('SIGKILL');
    assert.equal(readdirSync(inbox), ['good.txt']);
  });

  test.needing(lrzsz, 'a path from the far end leads nowhere else', async context => {
    const { theirs, inbox, given } = folders(context);
    const { type, far } = openLine(context, given);
    mkdirSync(join(theirs, 'a'));
    writeFileSync(join(theirs, 'escaped'), 'x');
    await type('receive\r', /\*\*.B01/);
    const sz = attach(context, far, 'sz', ['--full-path', '../escaped'], join(theirs, 'a'));
    await once(sz, 'exit');
    far.write(Buffer.alloc(10, 0x18));
    await type('', /> $/);
    assert.not.ok(existsSync(join(inbox, '..', 'escaped')));
    assert.equal(
      readdirSync(inbox).filter(name => name.startsWith('.')),
      [],
    );
  });

  test('a file that is not there, and programs that are not, are said', async context => {
    const { given } = folders(context);
    const { type } = openLine(context, given);
    await type('send ../journal\r', /no such file/);
    const path = process.env.PATH;
    process.env.PATH = '/nowhere';
    context.after(() => {
      process.env.PATH = path;
    });
    await type('send diagnostics\r', /install the package lrzsz/);
    await type('receive\r', /install the package lrzsz[\s\S]*> $/);
  });

  test.needing(terminals, 'picocom on a tty, with the commands that it has by itself', async context => {
    const { theirs, inbox, given } = folders(context);
    const tty = join(theirs, 'tty');
    const line = spawn('socat', [`pty,raw,echo=0,link=${tty}`, '-'], { stdio: ['pipe', 'pipe', 'ignore'] });
    context.after(() => line.kill());
    await until('the tty', () => existsSync(tty));
    const { context: about } = contextOf(given);
    const near = Duplex.from({ readable: line.stdout, writable: line.stdin });
    startSession(near, about);
    context.after(() => near.destroy());
    const picocom = spawn('socat', ['-', `EXEC:picocom -b 115200 ${tty},pty,setsid,ctty,raw,echo=0`], {
      cwd: theirs,
      // Its line editor would ask a terminal that is none.
      env: { ...process.env, TERM: 'dumb' },
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    context.after(() => picocom.kill());
    let shown = '';
    picocom.stdout.setEncoding('latin1').on('data', text => {
      shown += text;
    });
    const type = async (keys: string, expected: RegExp) => {
      const from = shown.length;
      picocom.stdin.write(keys);
      await until(String(expected), () => expected.test(shown.slice(from)));
    };
    await type('', /Terminal ready/);
    await type('\r', /> $/);
    await type('send diagnostics\r', /receive it now/);
    await type('\x01\x12', /file: /);
    await type('\n', /sent diagnostics[\s\S]*> $/);
    const name = 'diagnostics-bus-1-front-1.tar.gz';
    assert.equal(readFileSync(join(theirs, name)), content);
    await type('receive\r', /send now/);
    await type('\x01\x13', /file: /);
    await type(`${name}\n`, /170000 bytes[\s\S]*> $/);
    assert.equal(readFileSync(join(inbox, name)), content);
    await type('version\r', /firmware +1\.2\.3/);
  });
});
