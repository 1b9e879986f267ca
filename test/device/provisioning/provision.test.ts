/** Bundles on the validator: installed whole by whom it obeys, and else nothing has changed. */
import { execFile } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import { provisionFrom, requestBundle } from '../../../device/compose/provisioning.ts';
import { readAllSettings } from '../../../device/compose/settings.ts';
import { messageOf } from '../../../device/kit/errors.ts';
import { newPrivateKey, publicKeyOf } from '../../../sync/keys/device-key.ts';
import { newSeed, publicHalfOf } from '../../../sync/uplink/ed25519.ts';
import { suite, telling } from '../../harness.ts';
import { plugInTpm, tpmNeeded } from '../../software-tpm.ts';
import { temporaryDirectory } from '../../temporary.ts';
import { bundleFiles, device, makeJournalOf, newValidator, settingsOf } from './provisioned.ts';

async function refusalOf(run: () => unknown): Promise<string> {
  try {
    await run();
  } catch (error) {
    return messageOf(error);
  }
  throw new Error('it was taken');
}

function run(...args: readonly string[]): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const firmware = fileURLToPath(new URL('../../../device/main.js', import.meta.url));
  return new Promise(resolve => {
    const child = execFile(process.execPath, [firmware, ...args], (_error, stdout, stderr) =>
      resolve({ code: child.exitCode, stdout, stderr }),
    );
  });
}

suite('provision', test => {
  test('the first bundle needs the authority’s fingerprint, later ones come from the same; nothing is readable by others', async context => {
    const validator = await newValidator(context);
    const first = await validator.bundle(1);
    assert.match(await refusalOf(() => validator.provision(first)), /obeys nobody yet/);
    assert.match(await refusalOf(() => validator.provision(first, '0000-0000')), /than was read out/);
    const done = await validator.provision(first, validator.authority.toUpperCase());
    assert.equal(
      [done.device, done.number, done.replaces, done.files],
      [device, 1, null, ['settings.yaml', 'trust.json']],
    );
    assert.is(readAllSettings(done.settings).config.device, device);
    assert.is(readAllSettings(done.settings).config.journal, validator.at('journal.sqlite'));
    const second = await validator.provision(
      await validator.bundle(2, {
        files: { ...bundleFiles, 'settings.yaml': settingsOf(device, { line: '6' }) },
      }),
    );
    assert.equal([second.number, second.replaces], [2, 1]);
    assert.is(readAllSettings(second.settings).config.line, '6');
    const open = validator.everything().filter(entry => !/^\S+ [67]00 /.test(entry));
    assert.equal(open, []);
    await validator.provision(await validator.bundle(3));
    const kept = validator.everything().filter(entry => /^identity-\S+ 700/.test(entry));
    assert.is(kept.length, 2, 'this one and the one before');
  });

  test('refused with its own words, and nothing has changed', async context => {
    const validator = await newValidator(context);
    const { bundle, at } = validator;
    await validator.provision(await bundle(5), validator.authority);
    makeJournalOf(validator.state, 'rides');
    const before = validator.everything();
    const cutOff = await bundle(6);
    truncateSync(cutOff, 200);
    const changed = await bundle(6);
    const bytes = readFileSync(changed);
    bytes[150] = (bytes[150] ?? 0) ^ 1;
    writeFileSync(changed, bytes);
    const large = join(validator.directory, 'large');
    writeFileSync(large, Buffer.alloc(2 << 20));
    const other = await newValidator(context, 'bus-2-front');
    const others = publicKeyOf(newPrivateKey()).toString('hex');
    const cases: readonly [string, RegExp][] = [
      [await bundle(5), /bundle 5 is installed already/],
      [await bundle(4), /an old bundle, number 4: number 5 is installed/],
      [await bundle(6, { signer: newSeed() }), /signed by another authority, .*: this validator obeys/],
      [await bundle(6, { publicKey: others }), /made for another validator/],
      [await other.bundle(6, { signer: validator.seed }), /made for another validator/],
      [await bundle(6, { as: 'bus-1-rear' }), /made for bus-1-rear: this validator is bus-1-front/],
      [
        await bundle(6, { files: { ...bundleFiles, 'settings.yaml': settingsOf('bus-1-rear') } }),
        /its settings are of bus-1-rear/,
      ],
      [cutOff, /cut off: 200 bytes/],
      [changed, /changed since the authority/],
      [large, /2097152 bytes: a bundle has at most 1048576/],
      [validator.directory, /is no plain file/],
      [at('journal.sqlite'), /no bundle/],
      [join(validator.directory, 'none'), /ENOENT/],
      [
        await bundle(6, { files: { ...bundleFiles, '../../x': 'y' } }),
        /no validator is given: \.\.\/\.\.\/x/,
      ],
      [
        await bundle(6, { files: { ...bundleFiles, 'settings.yaml': 'device: [' } }),
        /settings\.yaml: line 1/,
      ],
      [
        await bundle(6, { files: { ...bundleFiles, 'trust.json': '{"rootRecords":["00"]}' } }),
        /must be 144 bytes in hex/,
      ],
      [
        await bundle(6, {
          files: { ...bundleFiles, 'settings.yaml': settingsOf(device, { policy: 'policy.yaml' }) },
        }),
        /policy\.yaml: ENOENT/,
      ],
    ];
    for (const [file, words] of cases)
      await telling(String(words), async () => {
        assert.match(await refusalOf(() => validator.provision(file)), words);
        assert.equal(validator.everything(), before);
      });
    assert.is((await validator.provision(await bundle(6))).number, 6);
    assert.is(readFileSync(at('journal.sqlite'), 'utf8'), 'rides');
  });

  test('who is at the device may have it obey another authority, whose numbers begin anew', async context => {
    const validator = await newValidator(context);
    await validator.provision(await validator.bundle(9), validator.authority);
    const successor = await newValidator(context);
    const file = await validator.bundle(1, { signer: successor.seed });
    assert.match(await refusalOf(() => validator.provision(file)), /another authority/);
    assert.is((await validator.provision(file, successor.authority)).replaces, 9);
    const former = await validator.bundle(10);
    assert.match(await refusalOf(() => validator.provision(former)), /another authority/);
  });

  test('an image may be made with the authority; a file there that says nothing lets nobody in', async context => {
    const validator = await newValidator(context);
    const file = await validator.bundle(1);
    writeFileSync(validator.at('authority.json'), '{}', { mode: 0o600 });
    assert.match(
      await refusalOf(() => validator.provision(file)),
      /authority\.json: not what this firmware writes/,
    );
    const authority = publicHalfOf(validator.seed).toString('hex');
    writeFileSync(validator.at('authority.json'), JSON.stringify({ authority }));
    assert.is((await validator.provision(file)).number, 1);
  });

  test('something else in its place is left alone, and so are keys of another name', async context => {
    const validator = await newValidator(context);
    mkdirSync(validator.at('identity'));
    const file = await validator.bundle(1);
    assert.match(
      await refusalOf(() => validator.provision(file, validator.authority)),
      /was not provisioned: move it away/,
    );
    rmSync(validator.at('identity'), { recursive: true });
    symlinkSync('/nowhere', validator.at('identity'));
    await validator.provision(file, validator.authority);
    assert.match(readlinkSync(validator.at('identity')), /^identity-1-/);
    assert.match(
      await refusalOf(() => requestBundle(validator.state, 'bus-1-rear', undefined)),
      /keys of bus-1-front, not of bus-1-rear/,
    );
    const empty = join(temporaryDirectory(context), 'empty');
    assert.match(await refusalOf(() => requestBundle(empty, undefined, undefined)), /no keys yet/);
    assert.match(await refusalOf(() => provisionFrom(file, empty, validator.authority)), /no keys yet/);
  });

  test.needing(tpmNeeded, 'with a device key in the TPM, it opens on that machine alone', async context => {
    const directory = temporaryDirectory(context);
    await plugInTpm(context, directory, 'mine');
    const validator = await newValidator(context, device, true);
    const file = await validator.bundle(1);
    assert.not.match(readFileSync(validator.at('own-keys', 'device.json'), 'utf8'), 'privateKey');
    await plugInTpm(context, directory, 'another');
    assert.match(await refusalOf(() => validator.provision(file, validator.authority)), /the TPM: /);
    process.env.TPM2TOOLS_TCTI = `swtpm:path=${join(directory, 'mine', 'socket')}`;
    assert.is((await validator.provision(file, validator.authority)).number, 1);
  });

  test('the commands: one JSON object, exit 0, 1 and 2, and no secret in what they print', async context => {
    const validator = await newValidator(context);
    const file = await validator.bundle(1);
    const into = ['--into', validator.state];
    const refused = await run('provision', file, ...into);
    assert.equal([refused.code, Object.keys(JSON.parse(refused.stdout))], [1, ['error']]);
    const done = await run('provision', file, ...into, '--authority', validator.authority);
    assert.is(done.code, 0, done.stderr);
    assert.is(JSON.parse(done.stdout).number, 1);
    const asked = await run('request', ...into);
    assert.is(JSON.parse(asked.stdout).fingerprint, validator.request.fingerprint);
    for (const args of [['provision'], ['provision', join(validator.directory, 'none'), ...into]]) {
      const wrong = await run(...args);
      assert.equal([wrong.code, wrong.stdout], [2, '']);
    }
    chmodSync(validator.at(), 0o777);
    const others = await run('request', ...into);
    assert.equal([others.code, /others may write/.test(JSON.parse(others.stdout).error)], [1, true]);
    chmodSync(validator.at(), 0o700);
    const nowhere = await run('request', '--device', device, '--into', file);
    assert.equal([nowhere.code, /EEXIST|ENOTDIR/.test(JSON.parse(nowhere.stdout).error)], [1, true]);
    const secrets = ['device.json', 'uplink.json'].map(
      name => /[0-9a-f]{64}/.exec(readFileSync(validator.at('own-keys', name), 'utf8'))?.[0],
    );
    const said = [refused, done, asked].map(({ stdout, stderr }) => stdout + stderr).join('');
    for (const secret of secrets) assert.not.match(said, secret ?? 'none');
  });
});
