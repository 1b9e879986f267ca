/** What readers, cameras, scanners, doors, lines and displays look like at the console. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { cameraCommand } from '../../../../device/console/commands/camera.ts';
import { door } from '../../../../device/console/commands/door.ts';
import { line } from '../../../../device/console/commands/line.ts';
import { reader } from '../../../../device/console/commands/reader.ts';
import { scanner } from '../../../../device/console/commands/scanner.ts';
import { display, light, tone, voice } from '../../../../device/console/commands/trial.ts';
import { readPng } from '../../../../sim/media/png.ts';
import { suite } from '../../../harness.ts';
import { maintained, now, part, refusal, run } from '../maintained.ts';

const grey = Uint8Array.from({ length: 640 * 480 }, (_, i) => (i % 640 < 320 ? 0 : 255));
const cameraSight = {
  kind: 'camera',
  size: { width: 640, height: 480 },
  frames: 120,
  framesPerS: 9.8,
  codes: [
    { isRideCode: true, stands: false, inViewMs: 300 },
    { isRideCode: false, stands: true, inViewMs: 60_000 },
  ],
};
const camera = {
  name: 'camera',
  sight: () => cameraSight,
  picture: async (signal: AbortSignal) => (signal.aborted ? undefined : { width: 640, height: 480, grey }),
};
const scannerSight = {
  kind: 'scanner',
  printed: 3,
  last: { at: now - 4000, is: 'talk', bytes: 6, shape: 'AAAAAA', advice: 'switch that message off' },
};

suite('device commands', test => {
  test('reader: every reader, its slots, which is used, and the PSAM', async context => {
    const { world, context: console } = maintained(context);
    world.config = {
      cardReaders: [
        { name: 'card', driver: 'pcsc' },
        { name: 'rear', driver: 'vpcd' },
      ],
      psam: { name: 'psam', driver: 'pcsc' },
    };
    const slots = [
      { name: 'ACR1281 ICC', isUsed: false, hasForgottenCard: true },
      { name: 'ACR1281 PICC', isUsed: true, hasForgottenCard: false },
    ];
    world.devices = { cardReaders: [{ name: 'card', slots: () => slots }, { name: 'rear' }] };
    world.parts.push(part('card-reader', 'card'), part('card-reader', 'rear', 'nobody listens'));
    const { text, data } = await run(reader, console);
    assert.match(text, /card +pcsc +works/);
    assert.match(text, /used +ACR1281 PICC/);
    assert.match(text, /ACR1281 ICC \(a card is in it\)/);
    assert.match(text, /rear +vpcd +FAULT +nobody listens/);
    assert.is(data.psam?.working, false);
  });

  test('camera: frames and codes; look gives characters, save a file that is a picture', async context => {
    const { world, context: console, home } = maintained(context);
    world.devices = { codeReaders: [camera] };
    world.parts.push(part('code-reader', 'camera'));
    const { text } = await run(cameraCommand, console);
    assert.match(text, /640 × 480/);
    assert.match(text, /120, 9.8 a second/);
    assert.match(text, /another code, 60 s, never leaves the view/);
    const { data } = await run(cameraCommand, console, ['look'], { sameInBoth: true });
    assert.equal([data.picture?.length, data.picture?.[0]], [24, `${' '.repeat(32)}${'@'.repeat(32)}`]);
    const saved = await run(cameraCommand, console, ['save', 'camera']);
    const png = readPng(readFileSync(join(home, 'journal.sqlite-outbox', saved.data.file ?? '')));
    assert.equal(Buffer.from(png.grey), Buffer.from(grey));
    assert.is(await refusal(cameraCommand, console, ['look', 'nobody']), 'usage');
    assert.is(await refusal(cameraCommand, console, ['film']), 'usage');
    world.devices = { codeReaders: [] };
    assert.is(await refusal(cameraCommand, console), 'not-configured');
  });

  test('scanner: what it looks like, never what it says', async context => {
    const { world, context: console } = maintained(context);
    world.devices = { codeReaders: [{ name: 'scanner', sight: () => scannerSight }, camera] };
    const { text, data } = await run(scanner, console);
    assert.match(text, /4 s ago, 6 bytes/);
    assert.match(text, /the module's own words/);
    assert.match(text, 'AAAAAA');
    assert.is(data.scanners.length, 1);
    world.devices = { codeReaders: [{ name: 'scanner', sight: () => ({ kind: 'scanner', printed: 0 }) }] };
    assert.is((await run(scanner, console)).data.scanners[0]?.last, null);
  });

  test('line and door: with nothing known, and with all', async context => {
    const { world, context: console } = maintained(context);
    assert.match((await run(line, console)).text, /none yet from the feed/);
    assert.match((await run(door, console)).text, /no contact/);
    world.config = { line: '2', bus: 'A1', door: 'on', doorContact: {}, busLink: {} };
    world.way = {
      stops: [{}, {}],
      doors: 'open',
      towards: { id: '1', name: { zh: '海户屯', en: 'Haihutun' } },
    };
    world.parts.push(part('door-contact', 'door'), part('bus-link', 'rear', 'not reached'));
    const { data } = await run(line, console);
    assert.equal([data.stops, data.towards, data.bus], [2, '海户屯', 'A1']);
    const { text } = await run(door, console);
    assert.match(text, /door +open/);
    assert.match(text, /rear: not reached/);
  });

  test('display, light, tone, voice: what there is; a test is shown and ended by Ctrl-C', async context => {
    const { world, context: console, trials } = maintained(context);
    for (const none of [display, light, tone, voice])
      assert.is(await refusal(none, console), 'not-configured');
    const displays = [{ name: 'passenger', audience: 'passenger' }];
    world.devices = { displays, cardReaders: [], speakers: [{ name: 'voice', audience: 'crew' }] };
    world.parts.push(part('display', 'passenger', 'mute'));
    assert.match((await run(display, console)).text, /passenger +passenger +FAULT +mute/);
    assert.is(await refusal(light, console, ['on']), 'usage');
    assert.is(await refusal(voice, console, ['test', 'nonsense']), 'usage');
    const stop = new AbortController();
    const testing = run(display, console, ['test'], { signal: stop.signal });
    await new Promise(resolve => setTimeout(resolve, 20));
    stop.abort();
    const { data, text } = await testing;
    assert.equal(data.tried, ['screen']);
    assert.match(text, /tried: screen \(cut short\)/);
    assert.equal(trials, ['测试画面', 'end']);
  });
});
