/** `backoffice bundle`: whose requests it takes, what it puts in, and that nobody is enrolled by one that it refuses. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { parse, stringify } from 'yaml';
import { openOfficeData } from '../../../../sim/backoffice/office-data.ts';
import { readEnrolled, reportStolen, revoke } from '../../../../sim/backoffice/uplink/enrolled.ts';
import { openBundle, readHead } from '../../../../sync/bundle/bundle.ts';
import { readRequest, requestText } from '../../../../sync/bundle/request.ts';
import { newPrivateKey, publicKeyOf } from '../../../../sync/keys/device-key.ts';
import { readDevices } from '../../../../sync/publisher/epochs/devices.ts';
import { newSeed } from '../../../../sync/uplink/ed25519.ts';
import { suite, type TestContext } from '../../../harness.ts';
import { temporaryDirectory } from '../../../temporary.ts';
import { runSim } from '../../run-sim.ts';
import { createAuthority } from '../uplink/authority.ts';

async function makeOffice(context: TestContext) {
  const directory = temporaryDirectory(context);
  const at = (name: string) => join(directory, name);
  const data = openOfficeData(at('office'));
  await data.close();
  writeFileSync(at('trust.json'), '{"rootRecords":[]}');
  return { at, office: at('office'), feed: data.feed };
}

const attached = stringify({
  line: '2',
  bus: 'A1234',
  cardReaders: [{ name: 'card', driver: 'pcsc' }],
  busLink: { listen: 'tcp://127.0.0.1:4710', reach: ['tcp://127.0.0.1:4711'], key: 'mine.json' },
  feed: { url: 'http://old', root: 'old.json', pollS: 30 },
  trust: '/elsewhere',
});

/** A validator's request in a file. */
function newRequest(
  { at }: { at(name: string): string },
  device: string,
  settings: string | undefined = attached,
) {
  const privateKey = newPrivateKey();
  const publicKey = publicKeyOf(privateKey);
  const text = requestText({ device, publicKey, signingSeed: newSeed(), settings });
  const file = at(`${device}-${readRequest(Buffer.from(text)).fingerprint}.json`);
  writeFileSync(file, text);
  const key = { publicKey, take: () => Promise.resolve(privateKey) };
  return { device, file, key, fingerprint: readRequest(Buffer.from(text)).fingerprint };
}

type Request = ReturnType<typeof newRequest>;

async function issue(
  { at, office }: Awaited<ReturnType<typeof makeOffice>>,
  { file, fingerprint }: Pick<Request, 'file' | 'fingerprint'>,
  ...more: readonly string[]
) {
  const out = at(`${Math.random()}.bundle`);
  const words = [
    'backoffice',
    'bundle',
    office,
    file,
    '--fingerprint',
    fingerprint,
    '--trust',
    at('trust.json'),
  ];
  const { code, output, errors } = await runSim([...words, '--out', out, ...more]);
  return { code, output: output === '' ? {} : JSON.parse(output), errors, out };
}

async function opened({ out }: { readonly out: string }, { key }: Request) {
  const bundle = readFileSync(out);
  const { authority } = readHead(bundle);
  const { files } = await openBundle(bundle, authority, key);
  return { files, settings: parse(files['settings.yaml'] ?? '') };
}

suite('backoffice bundle', test => {
  test('all that a validator needs; what is attached as it says, the rest as the office does; numbers go up', async context => {
    const office = await makeOffice(context);
    const front = newRequest(office, 'bus-1-front');
    const ways = [
      '--feed',
      'https://feed.example.com',
      '--broker',
      'mqtts://a:8883',
      '--broker',
      'mqtts://b:8883',
    ];
    const issued = await issue(office, front, ...ways);
    assert.is(issued.code, 0, issued.errors);
    assert.equal([issued.output.device, issued.output.number], ['bus-1-front', 1]);
    const { files, settings } = await opened(issued, front);
    assert.equal(Object.keys(files).sort(), [
      'bus-key.json',
      'office.json',
      'root.json',
      'settings.yaml',
      'trust.json',
    ]);
    assert.equal([settings.device, settings.line, settings.bus], ['bus-1-front', '2', 'A1234']);
    assert.equal(settings.feed, { url: 'https://feed.example.com', root: 'root.json', pollS: 30 });
    assert.equal(settings.uplink.url, ['mqtts://a:8883', 'mqtts://b:8883']);
    assert.equal([settings.trust, settings.busLink.key], ['trust.json', 'bus-key.json']);
    assert.equal(
      readDevices(office.feed).map(({ id }) => id),
      ['first', 'bus-1-front'],
    );
    assert.is(readEnrolled(office.office)[0]?.id, 'bus-1-front');

    const again = await issue(office, front);
    assert.is(again.output.number, 2);
    assert.is((await opened(again, front)).settings.journalSeal, 'office.json');
    const rear = newRequest(office, 'bus-1-rear');
    const { files: others } = await opened(await issue(office, rear), rear);
    assert.is(others['bus-key.json'], files['bus-key.json'], 'the bus has one key');
    const elsewhere = newRequest(office, 'bus-2-front', attached.replace('A1234', 'B1'));
    assert.is.not(
      (await opened(await issue(office, elsewhere), elsewhere)).files['bus-key.json'],
      files['bus-key.json'],
    );
  });

  test('refused with its own words, and nobody is enrolled', async context => {
    const office = await makeOffice(context);
    const { at } = office;
    const front = newRequest(office, 'bus-1-front');
    const refused = async (
      words: RegExp,
      request: Pick<Request, 'file' | 'fingerprint'>,
      ...more: string[]
    ) => {
      const { code, output, errors } = await issue(office, request, ...more);
      assert.ok(code === 1 || code === 2, String(code));
      assert.match(`${output.error ?? ''}${errors}`, words);
    };
    await refused(/not that of this request/, { ...front, fingerprint: '0000-0000-0000-0000-0000' });
    const changed = at('changed.json');
    writeFileSync(changed, readFileSync(front.file, 'utf8').replace('bus-1-front', 'bus-7-front'));
    await refused(/was changed since/, { ...front, file: changed });
    await refused(/no request/, { ...front, file: at('trust.json') });
    await refused(/ENOENT/, { ...front, file: at('none') });
    const bare = newRequest(office, 'bare', '');
    await refused(/no settings in YAML/, bare);
    const aliases = `a: &a [1]\nb: [${'*a, '.repeat(2000)}]\n`;
    await refused(/no settings in YAML: more than 100 aliases/, newRequest(office, 'aliases', aliases));
    await refused(/line: /, newRequest(office, 'odd', attached.replace('line: "2"', 'line: []')));
    writeFileSync(at('bad.json'), '{"rootRecords":["00"]}');
    await refused(/144 bytes/, front, '--trust', at('bad.json'));
    await refused(/--cert and --key belong together/, front, '--cert', at('trust.json'));
    await refused(/is there already/, front, '--out', at('trust.json'));
    assert.equal(readEnrolled(office.office), []);
    assert.equal(readDevices(office.feed).length, 1);
  });

  test('no name changes hands, and who was revoked or stolen gets nothing', async context => {
    const office = await makeOffice(context);
    const front = newRequest(office, 'bus-1-front');
    assert.is((await issue(office, front)).code, 0);
    const impostor = newRequest(office, 'bus-1-front');
    assert.match((await issue(office, impostor)).output.error, /enrolled with other keys/);
    reportStolen(office.office, 'bus-1-front', 0);
    assert.match((await issue(office, front)).output.error, /reported stolen/);
    revoke(office.office, 'bus-1-front', 0);
    assert.match((await issue(office, front)).output.error, /was revoked/);
  });

  test('an authority that cannot be read is not made anew', async context => {
    const office = await makeOffice(context);
    const first = JSON.parse((await runSim(['backoffice', 'authority', office.office])).output);
    assert.equal(JSON.parse((await runSim(['backoffice', 'authority', office.office])).output), first);
    const file = join(office.office, 'provisioning', 'authority.json');
    rmSync(file);
    mkdirSync(file);
    const { code, errors } = await runSim(['backoffice', 'authority', office.office]);
    assert.is(code, 2);
    assert.match(errors, /authority\.json is no plain file/);
  });

  test.needing(
    'openssl',
    'a certificate is this validator’s, with its key, and not expired',
    async context => {
      const office = await makeOffice(context);
      const { ca, issue: certify } = createAuthority(context);
      const front = newRequest(office, 'bus-1-front');
      const ways = ['--broker', 'mqtts://127.0.0.1:1', '--ca', ca];
      const own = certify('own', 'bus-1-front');
      const other = certify('other', 'bus-2-front');
      const old = certify('old', 'bus-1-front', undefined, ['20200101000000Z', '20210101000000Z']);
      const refusal = async ({ cert, key }: { cert: string; key: string }) =>
        (await issue(office, front, ...ways, '--cert', cert, '--key', key)).output.error;
      assert.match(await refusal({ ...own, key: other.key }), /is not the key of/);
      assert.match(await refusal(other), /certificate of bus-2-front: this validator is bus-1-front/);
      assert.match(await refusal(old), /expired on/);
      assert.match(await refusal({ ...own, cert: own.key }), /no certificate in PEM/);
      const issued = await issue(office, front, ...ways, '--cert', own.cert, '--key', own.key);
      const { files, settings } = await opened(issued, front);
      assert.is(files['client-key.pem'], readFileSync(own.key, 'utf8'));
      assert.equal(
        [settings.uplink.ca, settings.uplink.cert, settings.uplink.key],
        ['broker-ca.pem', 'client.pem', 'client-key.pem'],
      );
    },
  );
});
