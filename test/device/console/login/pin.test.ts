/** The PIN's hash, and the file that counts wrong ones. */
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import { hashPin, isPin } from '../../../../device/console/login/pin-hash.ts';
import { openWrongPins } from '../../../../device/console/login/wrong-pins.ts';
import { consoleLine } from '../../../../device/settings/console-line.ts';
import { suite } from '../../../harness.ts';
import { temporaryDirectory } from '../../../temporary.ts';
import { keepLog } from '../kept-log.ts';

const main = fileURLToPath(new URL('../../../../device/main.js', import.meta.url));
const isPinSetting = (pin: string) => consoleLine.safeParse({ path: '/dev/ttyS0', pin }).success;

suite('console: the PIN', test => {
  test('a hash is salted, and true for its PIN alone', async () => {
    const [hash, other] = await Promise.all([hashPin('471147'), hashPin('471147')]);
    assert.is.not(hash, other);
    assert.ok(await isPin('471147', hash));
    for (const wrong of ['471148', '']) assert.not.ok(await isPin(wrong, hash), wrong);
    assert.ok(isPinSetting(hash));
  });

  test('it is the scrypt of RFC 7914, as others write it', async () => {
    // Computed by Python's hashlib.scrypt(b"123456", salt=bytes(range(16)), n=2**14, r=8, p=5, dklen=32).
    const hash = '$scrypt$ln=14,r=8,p=5$AAECAwQFBgcICQoLDA0ODw$2BqfNTO/y5wwgjmWAV0xSEC3NaaRMaPSLThLYZRAKkU';
    assert.ok(await isPin('123456', hash));
  });

  test('letters of any alphabet, however they were typed', async () => {
    assert.ok(await isPin('cafe\u0301-维护', await hashPin('caf\u00e9-维护')));
  });

  test('too short, too long: refused', async () => {
    for (const pin of ['', '12345', 'x'.repeat(65)])
      assert.match(await hashPin(pin).catch(error => error.message), /6 to 64 characters/);
  });

  test('the settings take a hash with costs that a validator can bear, and nothing else', async () => {
    const hash = await hashPin('471147');
    const bad = [
      '471147',
      hash.slice(1),
      `${hash}A`,
      hash.replace('ln=14', 'ln=30'),
      hash.replace('p=5', 'p=500'),
    ];
    for (const pin of bad) assert.not.ok(isPinSetting(pin), pin);
  });

  test('hash-pin reads it from its input, and prints nothing but the hash; no PIN, no hash', async () => {
    const run = (input: string) =>
      spawnSync(process.execPath, [main, 'hash-pin'], { input, encoding: 'utf8' });
    const { stdout, status } = run('471147\n');
    assert.is(status, 0);
    assert.ok(await isPin('471147', stdout.trim()));
    const short = run('4711\n');
    assert.equal([short.status, short.stdout], [2, '']);
    assert.match(short.stderr, /6 to 64 characters/);
  });
});

suite('console: the count of wrong PINs', test => {
  test('is kept in a file of its own, for its owner alone', context => {
    const file = join(temporaryDirectory(context), 'journal.sqlite-console');
    const log = keepLog();
    const wrong = openWrongPins(file, log);
    assert.is(wrong.read(), 0);
    wrong.write(4);
    assert.is(openWrongPins(file, log).read(), 4);
    assert.is(readFileSync(file, 'utf8'), '{"wrong":4}\n');
    assert.is(statSync(file).mode & 0o777, 0o600);
    assert.equal(log.lines, []);
  });

  test('a file that says nothing, or that is not ours alone, counts as many', context => {
    const file = join(temporaryDirectory(context), 'journal.sqlite-console');
    const read = () => openWrongPins(file, keepLog()).read();
    for (const text of ['', '{', '{"wrong":-1}', '{"wrong":1e9}', '[]', '{"wrong":"0"}']) {
      writeFileSync(file, text);
      assert.is(read(), 9, text);
    }
    writeFileSync(file, '{"wrong":0}');
    chmodSync(file, 0o666);
    assert.is(read(), 9);
    rmSync(file);
    symlinkSync('/dev/null', file);
    assert.is(read(), 9);
  });

  test('a disk that cannot be written keeps nobody out', context => {
    const file = join(temporaryDirectory(context), 'gone', 'journal.sqlite-console');
    const log = keepLog();
    openWrongPins(file, log).write(1);
    assert.match(log.lines[0] ?? '', /^wrong-pins-unwritable /);
    assert.not.ok(existsSync(file));
  });
});
