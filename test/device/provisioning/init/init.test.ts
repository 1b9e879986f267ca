/** `init`: settings for what was found, asked for or taken; a start takes them, and nothing that is there is overwritten. */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import * as assert from 'uvu/assert';
import { initFrom, provisionFrom } from '../../../../device/compose/provisioning.ts';
import { readAllSettings } from '../../../../device/compose/settings.ts';
import { writeDurably } from '../../../../device/kit/durable-file.ts';
import { messageOf } from '../../../../device/kit/errors.ts';
import { createAsker } from '../../../../device/provisioning/init/asker.ts';
import { type Found, settingsText } from '../../../../device/provisioning/init/attached.ts';
import { type InitOptions, initialise } from '../../../../device/provisioning/init/init.ts';
import { provisioningPlaces } from '../../../../device/provisioning/places.ts';
import { chooseSlot } from '../../../../drivers/card-reader/pcsc/slots.ts';
import { authorityFingerprint, sealBundle } from '../../../../sync/bundle/bundle.ts';
import { readRequest } from '../../../../sync/bundle/request.ts';
import { newPrivateKey } from '../../../../sync/keys/device-key.ts';
import { keysFileText } from '../../../../sync/keys/keys-file.ts';
import { newSeed, publicHalfOf } from '../../../../sync/uplink/ed25519.ts';
import { suite, type TestContext } from '../../../harness.ts';
import { temporaryDirectory } from '../../../temporary.ts';

const by = (name: string) => `/dev/serial/by-id/${name}`;
const busFound: Found = {
  cardReaders: [
    'ACS ACR1252 Dual Reader [ACR1252 Dual Reader PICC] 00 00',
    'ACS ACR1252 Dual Reader [ACR1252 Dual Reader SAM] 01 00',
  ],
  serialPorts: [
    by('usb-u-blox_AG_GNSS_receiver-if00'),
    by('usb-Honeywell_3320G-if00'),
    by('usb-1a86_USB_Serial-if00-port0'),
  ],
  cameras: ['/dev/video0', '/dev/video2'],
  framebuffers: ['/dev/fb0'],
};
const nothingFound: Found = { cardReaders: null, serialPorts: [], cameras: [], framebuffers: [] };

/** @param answers a line each; what they were given to is in `asked` */
function stand(context: TestContext, found: Found, answers: readonly string[] = []) {
  const state = join(temporaryDirectory(context), 'state');
  const output = new PassThrough({ encoding: 'utf8' });
  const asked = () => String(output.read() ?? '');
  return {
    state,
    asked,
    async init(options: Partial<InitOptions>) {
      const places = provisioningPlaces(state);
      const done = await initialise(
        places,
        { yes: false, ...options },
        {
          found,
          chooseSlot: names => chooseSlot(names, undefined),
          openAsker() {
            const input = new PassThrough();
            input.end(answers.map(answer => `${answer}\n`).join(''));
            return createAsker(input, output);
          },
          readAll: readAllSettings,
          makeKeys(device) {
            mkdirSync(places.ownKeys, { recursive: true });
            writeDurably(places.deviceKey, keysFileText(device, newPrivateKey()), 0o600);
          },
        },
      );
      return { ...done, config: readAllSettings(done.settings).config };
    },
  };
}

const yes = { yes: true, device: 'bus-1-front', line: '2' };

async function refusalOf(run: () => unknown): Promise<string> {
  try {
    await run();
  } catch (error) {
    return messageOf(error);
  }
  throw new Error('it was done');
}

suite('init', test => {
  test('--yes takes what names tell, and says what is left', async context => {
    const { init } = stand(context, busFound);
    const { config, uses, unused } = await init(yes);
    assert.equal(
      config.cardReaders.map(reader => reader.driver === 'pcsc' && reader.reader),
      ['ACS ACR1252 Dual Reader [ACR1252 Dual Reader PICC]'],
    );
    assert.equal(
      config.codeReaders.map(({ name }) => name),
      ['scanner', 'camera'],
    );
    assert.is(config.gnss?.path, by('usb-u-blox_AG_GNSS_receiver-if00'));
    assert.equal(
      config.displays.map(({ audience, driver, path }) => [audience, driver, path]),
      [['passenger', 'terminal', '/dev/tty1']],
    );
    assert.is(uses.length, 5);
    assert.equal(unused, [busFound.cardReaders?.[1], by('usb-1a86_USB_Serial-if00-port0'), '/dev/video2']);
  });

  test('what is given comes before what is found, and no wire is used twice', async context => {
    const { init } = stand(context, busFound);
    const serial = { console: by('usb-Honeywell_3320G-if00'), 'crew-display': 'tcp://192.0.2.7:4001' };
    const { config } = await init({ ...yes, serial, cardReader: 'any', door: 'on', bus: 'A1234' });
    assert.equal(
      config.codeReaders.map(({ name }) => name),
      ['camera'],
    );
    assert.is(config.console?.path, serial.console);
    assert.is(config.displays[1]?.driver, 'nextion');
    assert.equal([config.door, config.bus], ['on', 'A1234']);
    const [reader] = config.cardReaders;
    assert.ok(reader?.driver === 'pcsc' && reader.reader === undefined);
  });

  test('where nothing is plugged in, it waits for the first contactless reader', async context => {
    const { config, uses } = await stand(context, nothingFound).init(yes);
    assert.is(config.cardReaders[0]?.driver, 'pcsc');
    assert.match(uses[0] ?? '', /first contactless one/);
  });

  test('asks, says what is wrong with an answer, and takes a pipe’s answers', async context => {
    const answers = [
      'bus 1',
      'bus-1-rear',
      '',
      '6',
      'of',
      'off',
      'A1234',
      '',
      'scaner',
      'scanner',
      'crew-display',
      'yes',
      '',
      'no',
      '',
    ];
    const { init, asked } = stand(context, busFound, answers);
    const { config } = await init({});
    assert.equal([config.device, config.line, config.door, config.bus], ['bus-1-rear', '6', 'off', 'A1234']);
    assert.is(config.gnss?.path, busFound.serialPorts[0]);
    assert.equal(
      config.displays.map(({ audience, path }) => [audience, path]),
      [
        ['passenger', '/dev/tty1'],
        ['crew', busFound.serialPorts[2]],
      ],
    );
    assert.equal(
      config.codeReaders.map(reader =>
        reader.driver === 'camera' ? JSON.stringify(reader.source) : reader.path,
      ),
      [busFound.serialPorts[1], '{"v4l2":"/dev/video2"}'],
    );
    assert.match(
      asked(),
      /must be 1 to 32 letters.*an answer is needed.*did you mean off.*did you mean scanner/s,
    );
  });

  test('answers that end, bad values, and settings that are there: nothing is made, nothing overwritten', async context => {
    const { init, state } = stand(context, busFound, ['bus-1-front']);
    assert.match(await refusalOf(() => init({})), /no more answers came/);
    assert.match(await refusalOf(() => init({ yes: true, device: 'a' })), /--yes needs --device and --line/);
    assert.match(await refusalOf(() => init({ ...yes, device: 'a b' })), /--device: must be 1 to 32/);
    assert.match(await refusalOf(() => init({ ...yes, bus: '京A12345' })), /--bus: must be/);
    assert.match(
      await refusalOf(() => init({ ...yes, serial: { scanner: 'COM1' } })),
      /codeReaders\[0\]\.path: must be tcp/,
    );
    assert.not.ok(existsSync(state));
    await init(yes);
    const before = readFileSync(join(state, 'identity', 'settings.yaml'), 'utf8');
    assert.match(await refusalOf(() => init({ ...yes, line: '6' })), /is there already/);
    assert.is(readFileSync(join(state, 'identity', 'settings.yaml'), 'utf8'), before);
  });

  test('of its request a bundle is made, which takes its place', async context => {
    const directory = temporaryDirectory(context);
    const [state, file] = [join(directory, 'state'), join(directory, 'request.json')];
    const begun = await initFrom(state, file, { ...yes, cardReader: 'any', serial: {}, camera: undefined });
    const request = readRequest(readFileSync(file));
    assert.equal([request.device, request.fingerprint], ['bus-1-front', begun.fingerprint]);
    assert.is(request.settings, readFileSync(begun.settings, 'utf8'));
    const [other, twice] = [
      join(directory, 'other.json'),
      { ...yes, cardReader: 'any', serial: {}, camera: undefined },
    ];
    assert.match(await refusalOf(() => initFrom(state, other, twice)), /is there already/);
    assert.match(
      await refusalOf(() => initFrom(join(directory, 'b'), file, twice)),
      /request\.json is there already/,
    );
    assert.match(await refusalOf(() => initFrom(join(directory, 'b'), other, { yes: true })), /--yes needs/);
    assert.equal([existsSync(other), existsSync(join(directory, 'b'))], [false, false]);
    const seed = newSeed();
    const bundle = join(directory, 'bundle');
    const described = { device: 'bus-1-front', line: '6', door: 'both', bus: undefined } as const;
    const files = {
      'settings.yaml': settingsText(described, { cardReader: 'any', serial: {}, camera: undefined }),
      'trust.json': '{"rootRecords":[]}',
    };
    const content = { device: 'bus-1-front', issuedAt: '2026-12-01T05:00:00Z', files };
    const publicKey = Buffer.from(request.publicKey, 'hex');
    writeFileSync(bundle, await sealBundle(content, { authoritySeed: seed, publicKey, number: 1 }));
    const done = await provisionFrom(bundle, state, authorityFingerprint(publicHalfOf(seed)));
    assert.is(readAllSettings(done.settings).config.line, '6');
    assert.is(readdirSync(state).filter(name => name.startsWith('identity-')).length, 2);
  });
});
