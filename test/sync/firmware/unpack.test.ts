import { existsSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import * as assert from 'uvu/assert';
import { readSlot } from '../../../device/update/slot.ts';
import { packFirmware } from '../../../sync/firmware/pack.ts';
import { FirmwareRefused } from '../../../sync/firmware/refused.ts';
import { unpackFirmware } from '../../../sync/firmware/unpack.ts';
import { verifySlot } from '../../../sync/firmware/verify-slot.ts';
import { suite, type TestContext } from '../../harness.ts';
import { temporaryDirectory } from '../../temporary.ts';
import { archiveOf, type Entry, files, manifestOf, sha256, tarOf, writeTree } from './archives.ts';

/** @returns what is wrong with it; undefined for nothing */
async function problemOf(context: TestContext, bytes: Buffer): Promise<string | undefined> {
  const directory = temporaryDirectory(context);
  const [archive, slot] = [join(directory, 'archive'), join(directory, 'slot')];
  writeFileSync(archive, bytes);
  try {
    await unpackFirmware(archive, slot, sha256(bytes), () => undefined);
    return undefined;
  } catch (error) {
    assert.instance(error, FirmwareRefused, String(error));
    assert.is(readSlot(slot), undefined, 'the slot is not whole');
    assert.equal(readdirSync(directory).sort(), ['archive', 'slot'], 'nothing lies beside it');
    return error instanceof Error ? error.message : '';
  }
}

const add = (entry: Entry) => (entries: Entry[]) => [...entries, entry];
const replace = (path: string, content: string) => (entries: Entry[]) =>
  entries.map(entry => (entry.path === path ? { ...entry, content } : entry));

suite('firmware archives', test => {
  test('what is packed comes out as it was, and is the same each time', async context => {
    const from = writeTree(temporaryDirectory(context), {
      ...files,
      'build/deep/er/x.js': 'y',
      'package.json': '{}',
    });
    const out = temporaryDirectory(context);
    const options = { version: '2.0.0', entry: 'build/main.js' };
    await packFirmware(from, join(out, 'one'), options);
    await packFirmware(from, join(out, 'two'), options);
    const bytes = readFileSync(join(out, 'one'));
    assert.ok(bytes.equals(readFileSync(join(out, 'two'))));
    const slot = join(out, 'slot');
    writeTree(slot, { 'left.over': 'from another', 'slot.json': '{}' });
    const manifest = await unpackFirmware(join(out, 'one'), slot, sha256(bytes), () => undefined);
    assert.is(Object.keys(manifest.files).length, 4);
    assert.is(readFileSync(join(slot, 'build/deep/er/x.js'), 'utf8'), 'y');
    assert.not(existsSync(join(slot, 'left.over')));
    assert.equal(readSlot(slot), { version: '2.0.0', sha256: sha256(bytes), entry: 'build/main.js' });
    assert.is(verifySlot(slot, sha256(bytes))?.version, '2.0.0');
    assert.is(verifySlot(slot, sha256('another')), undefined);
    writeFileSync(join(slot, 'build/deep/er/x.js'), 'z');
    assert.is(verifySlot(slot, sha256(bytes)), undefined);
  });

  test('no links are packed', async context => {
    const from = writeTree(temporaryDirectory(context), files);
    symlinkSync('/etc/passwd', join(from, 'passwd'));
    const packing = packFirmware(from, join(from, '..', 'out'), { version: '1', entry: 'build/main.js' });
    await packing.then(
      () => assert.unreachable(),
      error => assert.match(String(error), /passwd is no plain file/),
    );
  });

  test('an archive that is not as its manifest says is refused, and the slot is not whole', async context => {
    assert.is(await problemOf(context, archiveOf()), undefined);
    const cases: readonly [Buffer, RegExp][] = [
      [archiveOf(replace('build/main.js', 'console.log(2)')), /build\/main\.js has another digest/],
      [archiveOf(replace('build/main.js', 'console.log')), /build\/main\.js has 11 bytes, not 14/],
      [archiveOf(entries => entries.slice(0, -1)), /native\/x\.node is missing/],
      [archiveOf(entries => entries.slice(1)), /does not begin with manifest\.json/],
      [archiveOf(entries => entries.toReversed()), /does not begin with manifest\.json/],
      [archiveOf(entries => [...entries, ...entries.slice(1, 2)]), /build\/main\.js is there twice/],
      [archiveOf(add({ path: 'other.js', content: '1' })), /other\.js is not in manifest\.json/],
      [archiveOf(add({ path: '../x', content: '1' })), /\.\.\/x is not in manifest\.json/],
      [archiveOf(add({ path: '/tmp/x', content: '1' })), /is not in manifest\.json/],
      [archiveOf(add({ path: 'slot.json', content: '{}' })), /slot\.json is not in manifest\.json/],
      [
        archiveOf(add({ path: 'l', type: 'SymbolicLink', linkpath: '/etc' })),
        /l is no plain file: SymbolicLink/,
      ],
      [archiveOf(add({ path: 'l', type: 'Link', linkpath: 'build/main.js' })), /l is no plain file: Link/],
      [archiveOf(add({ path: 'd/', type: 'Directory' })), /d\/ is no plain file: Directory/],
      [archiveOf(add({ path: 'f', type: 'FIFO' })), /f is no plain file: FIFO/],
      [archiveOf(add({ path: 'c', type: 'CharacterDevice' })), /c is no plain file: CharacterDevice/],
      [archiveOf(undefined, { format: 2 }), /manifest\.json: format/],
      [archiveOf(undefined, { more: 1 }), /manifest\.json: .*more/],
      [archiveOf(undefined, { entry: 'none.js' }), /none\.js is not among its files/],
      [gzipSync(tarOf([{ path: 'manifest.json', content: '{"a' }])), /manifest\.json is no JSON/],
      [gzipSync(tarOf([])), /is empty|damaged/],
      [Buffer.from('no archive'), /the archive is damaged/],
      [Buffer.alloc(0), /damaged|empty/],
    ];
    for (const [bytes, why] of cases) assert.match((await problemOf(context, bytes)) ?? 'taken', why);
  });

  test('no path in a manifest leads out of the slot', async context => {
    for (const path of [
      '../x',
      '/x',
      'a/../../x',
      './x',
      'a//b',
      'a/',
      '',
      '..',
      'a\\b',
      'a b',
      '-x/../y',
      'x\n',
    ]) {
      const content = manifestOf({ [path]: '1' });
      const bytes = gzipSync(tarOf([{ path: 'manifest.json', content }]));
      assert.match((await problemOf(context, bytes)) ?? 'taken', /manifest\.json: /, path);
    }
  });

  test('cut off anywhere, or with a bit turned, it is refused', async context => {
    const whole = archiveOf();
    for (let cut = 1; cut < whole.length; cut += 23) {
      assert.ok((await problemOf(context, whole.subarray(0, cut))) !== undefined, `${cut} bytes`);
    }
    for (let at = 10; at < whole.length; at += 29) {
      const turned = Buffer.from(whole);
      turned[at] = (turned[at] ?? 0) ^ 0x10;
      assert.ok((await problemOf(context, turned)) !== undefined, `byte ${at}`);
    }
  });

  test('what would unpack to too much is refused before it is written', async context => {
    const size = 600 * 1024 * 1024;
    const huge = { format: 1, files: { 'x.js': { sha256: sha256(''), size } }, entry: 'x.js' };
    assert.match((await problemOf(context, archiveOf(undefined, huge))) ?? '', /manifest\.json: files/);
    const half = size / 2 - 1;
    const many = { 'x.js': { sha256: sha256(''), size: half }, 'y.js': { sha256: sha256(''), size: half } };
    const both = await problemOf(context, archiveOf(undefined, { ...huge, files: many }));
    assert.match(both ?? '', /bytes, at most 536870912 are taken/);
  });

  test('what is not for this validator is refused before the slot is written', async context => {
    const directory = temporaryDirectory(context);
    const archive = join(directory, 'archive');
    const bytes = archiveOf();
    writeFileSync(archive, bytes);
    const refusing = unpackFirmware(archive, join(directory, 'slot'), sha256(bytes), () => {
      throw new FirmwareRefused('not for us');
    });
    await refusing.then(
      () => assert.unreachable(),
      error => assert.is(error.message, 'not for us'),
    );
    assert.equal(readdirSync(join(directory, 'slot')), []);
  });

  test('a folder that cannot be written is no fault of the archive', async context => {
    const directory = temporaryDirectory(context);
    const archive = join(directory, 'archive');
    const bytes = archiveOf();
    writeFileSync(archive, bytes);
    writeFileSync(join(directory, 'slot'), 'a file');
    const failing = unpackFirmware(archive, join(directory, 'slot'), sha256(bytes), () => undefined);
    await failing.then(
      () => assert.unreachable(),
      error => assert.not.instance(error, FirmwareRefused),
    );
  });
});
