/** `backoffice …`: as a program of its own the real site, feed and controls; the imports. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { openExistingOffice, openOfficeData } from '../../../sim/backoffice/office-data.ts';
import { noticeVersion } from '../../../sim/backoffice/site/pages/notice-text.ts';
import { suite, type TestContext } from '../../harness.ts';
import { temporaryDirectory } from '../../temporary.ts';
import { runSim, simProgram } from '../run-sim.ts';
import { createVisitor, titleOf } from './site/test-site.ts';
import { card, owner, tableOf } from './small-office.ts';

const anna = owner(1);
const seniors = [1, 2].map(i => ({ ...owner(i), media: [card(i)] }));

async function start({ after }: TestContext, ...words: string[]) {
  const child: ChildProcess = spawn(process.execPath, [simProgram, 'backoffice', ...words], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  after(() => void child.kill('SIGKILL'));
  const [line] = child.stdout === null ? [] : await once(child.stdout, 'data');
  return {
    said: JSON.parse(String(line)) as Record<string, string>,
    async stop(): Promise<unknown> {
      child.kill('SIGTERM');
      const [code] = await once(child, 'exit');
      return code;
    },
  };
}

async function run(...words: string[]): Promise<{ code: unknown; stdout: string; stderr: string }> {
  const { code, output, errors } = await runSim(['backoffice', ...words]);
  return { code, stdout: output, stderr: errors };
}

function table(directory: string, text: string): string {
  const file = join(directory, `${Math.random()}.csv`);
  writeFileSync(file, text);
  return file;
}

/** @returns the directory */
async function madeOffice(directory: string, keyFile?: string): Promise<string> {
  await openOfficeData(directory, { keyFile }).close();
  return directory;
}

suite('backoffice commands', test => {
  test('a passenger registers on the site; stopped, it ends in order, and knows it after', async context => {
    const directory = temporaryDirectory(context);
    const words = ['--data', join(directory, 'data'), '--media', table(directory, tableOf([anna]))];
    const office = await start(context, ...words, '--sim');
    const { site = '', sim: controls = '', feed = '', root = '', keys = '' } = office.said;
    const visitor = createVisitor(site);
    const asked = await visitor.send(await visitor.get('/register'), '/register', anna as never);
    const { messages } = Object(await (await fetch(`${controls}sms/${anna.phone}`)).json());
    const code = /验证码(\d{6})/.exec(messages[0].text)?.[1] ?? '';
    const found = await visitor.send(asked, '/code', { code });
    assert.is(titleOf(found), '阅读温馨提示并同意');
    const done = await visitor.send(found, '/media', { version: noticeVersion, agree: 'yes' });
    assert.is(titleOf(done), '升级办理完成');
    const second = await run(...words);
    assert.is(second.code, 2);
    assert.match(second.stderr, /data: another back office is at work here/);
    assert.is((await fetch(`${feed}/metadata/timestamp.json`)).headers.get('cache-control'), 'no-cache');
    assert.ok(existsSync(root));
    for (const secret of [keys, join(directory, 'data-keys', 'personal-data.key')])
      assert.is(statSync(secret).mode & 0o077, 0, secret);
    assert.is(await office.stop(), 0);
    const again = await start(context, ...words, '--sim');
    const counts = Object(await (await fetch(`${again.said.sim}counts`)).json());
    assert.equal([counts.persons, counts.links], [1, 2]);
    assert.is(await again.stop(), 0);
  });

  test('without --sim nobody reads a message; before its opening nobody registers', async context => {
    const directory = temporaryDirectory(context);
    const office = await start(context, '--data', directory, '--clock', '2022-05-18T23:59:00+08:00');
    for (const path of ['/sim/', '/sim/counts', `/sim/sms/${anna.phone}`, '/sim/openapi.json'])
      assert.is((await fetch(office.said.site + path)).status, 404, path);
    assert.is(office.said.sim, undefined);
    assert.is((await fetch(`${office.said.site}/register`)).status, 503);
    await office.stop();
  });

  test('a directory in which others have had a hand is told in one line', async context => {
    const directory = temporaryDirectory(context);
    const data = await madeOffice(join(directory, 'data'));
    symlinkSync(join(directory, 'anything'), join(data, 'feed', 'private', 'people-taken.csv'));
    const planted = await run('--data', data);
    assert.equal([planted.code, planted.stdout], [2, '']);
    assert.match(planted.stderr, /people-taken\.csv is a symbolic link\n$/);
    rmSync(join(data, 'lock.sqlite'), { force: true });
    mkdirSync(join(data, 'lock.sqlite'));
    const locked = await run('--data', data);
    assert.is(locked.code, 2);
    assert.match(locked.stderr, /lock\.sqlite is no plain file\n$/);
  });

  test('seniors: tried, imported, imported again', async context => {
    const directory = temporaryDirectory(context);
    const data = await madeOffice(join(directory, 'data'));
    const file = table(directory, tableOf(seniors));
    const linked = { persons: 2, media: 2, unchanged: 0, withdrawn: 0 };
    for (const [words, expected] of [
      [['--dry-run'], { dryRun: true, ...linked }],
      [[], { dryRun: false, ...linked }],
      [[], { dryRun: false, persons: 0, media: 0, unchanged: 2, withdrawn: 0 }],
    ] as const) {
      const { code, stdout } = await run('import-seniors', data, file, ...words);
      assert.is(code, 0);
      assert.equal(JSON.parse(stdout), expected);
    }
  });

  test('the key for personal data is where the imports are told', async context => {
    const directory = temporaryDirectory(context);
    const data = await madeOffice(join(directory, 'data'), join(directory, 'key'));
    const file = table(directory, tableOf(seniors));
    for (const command of ['import-media', 'import-seniors']) {
      const key = ['--key-file', join(directory, 'key')];
      for (const words of [
        [data, file, ...key],
        [...key, data, file],
      ]) {
        const { code, stderr } = await run(command, ...words);
        assert.is(code, 0, stderr);
      }
    }
    assert.ok(existsSync(join(directory, 'key')));
    assert.not.ok(existsSync(join(data, 'keys')));
  });

  test('a table with bad lines: each is named, exit 2, nothing imported', async context => {
    const directory = temporaryDirectory(context);
    const data = await madeOffice(join(directory, 'data'));
    const file = table(directory, `${tableOf(seniors)}1,2,3\n13800000009,九,bmac,1\n`);
    for (const command of ['import-seniors', 'import-media']) {
      const { code, stderr, stdout } = await run(command, data, file);
      assert.is(code, 2);
      assert.is(stdout, '');
      assert.match(stderr, /: line 4: has 3 fields[\s\S]*: line 5: account/);
    }
    const good = await run('import-media', data, table(directory, tableOf(seniors)));
    assert.equal(JSON.parse(good.stdout), { persons: 2, media: 2, moved: 0 });
  });

  test('a mistyped directory is no new back office', async context => {
    const directory = temporaryDirectory(context);
    await madeOffice(join(directory, 'office'));
    writeFileSync(join(directory, 'file'), '');
    const file = table(directory, tableOf(seniors));
    const before = readdirSync(directory).toSorted();
    for (const name of ['ofice', 'office/feed', 'file', '.']) {
      const openThere = () => openExistingOffice(join(directory, name));
      assert.throws(openThere, /no back office is here/, name);
    }
    for (const words of [['import-seniors', '--dry-run'], ['import-media']]) {
      const { code, stdout, stderr } = await run(...words, join(directory, 'ofice'), file);
      assert.is(`${code}${stdout}`, '2');
      assert.match(
        stderr,
        /ofice: no back office is here: did you mean office\?; backoffice --data DIR makes one/,
      );
    }
    assert.equal(readdirSync(directory).toSorted(), before);
  });

  test('wrong words: exit 2, and said why', async context => {
    const directory = temporaryDirectory(context);
    for (const [words, why] of [
      [[], /--data/],
      [['--data', directory, '--media', join(directory, 'none.csv')], /no such file/],
      [['--data', directory, '--port', 'x'], /whole number/],
      [['--data', directory, '--publish-every-s', '0'], /at least 1/],
      [['--data', directory, '--trust-proxy', 'x'], /trusted proxies/],
      [['--data', directory, '--policy', join(directory, 'none.yaml')], /none.yaml/],
      [['--data', directory, '--gtfs', join(directory, 'none.zip')], /none.zip/],
      [['--data', directory, '--gtfs-line', '2'], /--gtfs-line/],
      [['--data', '/dev/null/none'], /dev.null/],
    ] as const) {
      const { code, stderr } = await run(...words);
      assert.is(code, 2, stderr);
      assert.match(stderr, why);
    }
  });
});
