/** What the uplink asks of a broker, with both its ends on it: every row arrives once, and nobody speaks for another. */
import { connect } from 'node:net';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import type { UplinkFacts } from '../../device/data-ports.ts';
import type { JournalColumns } from '../../device/journal/row-text.ts';
import type { DeviceError } from '../../device/kit/errors.ts';
import { createSqliteTaps } from '../../sim/backoffice/intake/sqlite-taps.ts';
import { createIntake } from '../../sim/backoffice/intake/take-rows.ts';
import { openTrips } from '../../sim/backoffice/intake/trips-file.ts';
import { enrolNew, watchEnrolled } from '../../sim/backoffice/uplink/enrolled.ts';
import { giveCommand, readCommand } from '../../sim/backoffice/uplink/given-commands.ts';
import { openUplinkKeys, uplinkPlaces } from '../../sim/backoffice/uplink/office-keys.ts';
import { startOfficeUplink } from '../../sim/backoffice/uplink/uplink.ts';
import { type BrokerAddresses, urlsOf } from '../../sync/uplink/brokers.ts';
import { type BrokerAddress, connectBroker, type MqttVersion } from '../../sync/uplink/connection.ts';
import { openMark } from '../../sync/uplink/mark.ts';
import { maxMessageBytes } from '../../sync/uplink/signed-message.ts';
import { downTopic, levelOf, upTopic } from '../../sync/uplink/topics.ts';
import { createUplink } from '../../sync/uplink/uplink.ts';
import { readOfficeKeys, readOwnKey } from '../../sync/uplink/uplink-keys.ts';
import { suite, type TestContext, type TestFunction, until } from '../harness.ts';
import type { Requirement } from '../left-out.ts';
import { sealRows } from '../sealed-rows.ts';
import { codeTap, morning } from '../sim/backoffice/settlement/rows.ts';
import { temporaryDirectory } from '../temporary.ts';

export interface BrokerStand {
  readonly office: BrokerAddresses;
  /** A way in for one device, as whoever runs the broker gives it. */
  validator(device: string): BrokerAddresses;
  /** Ends it, or one of its nodes, at once, and starts it again at the same port. */
  restart(): Promise<void>;
  /** By which MQTT it is to be spoken to. */
  readonly version: MqttVersion;
}

export type OpenBroker = (context: TestContext) => Promise<BrokerStand>;

/** Of a validator that is well, and knows nothing. */
export const nothingWrong: UplinkFacts = {
  ...{ epoch: 1, lastSeq: 0, ready: true, terse: '', verbose: '', faults: [] },
  ...{ feedVersion: null, statusAsOf: null, linksAsOf: null, dataProblem: null, stop: null, doors: null },
};

export const quiet = { debug() {}, info() {}, warn() {}, error() {} };

/** The back office's data, and its end of the uplink. */
export function openOffice(context: TestContext, broker: BrokerAddresses) {
  const dir = temporaryDirectory(context);
  const keys = openUplinkKeys(dir);
  const trips = openTrips(dir);
  context.after(() => trips.close());
  const warnings: object[] = [];
  const feed = { version: 1 };
  const start = (shards?: string, askMs?: number) => {
    const uplink = startOfficeUplink({
      directory: dir,
      ...{ broker, shards },
      ...(askMs !== undefined && { askMs }),
      keys,
      enrolled: watchEnrolled(dir),
      intake: createIntake(createSqliteTaps(trips), () => morning + 86_400_000),
      feedVersion: () => feed.version,
      log: { ...quiet, warn: (event, fields) => void warnings.push({ event, ...fields }) },
    });
    context.after(uplink.close);
    return uplink;
  };
  return {
    dir,
    feed,
    warnings,
    start,
    /** Of all rows, in their order. */
    tokens: () => trips.prepare<[], Buffer | null>('SELECT token FROM tap ORDER BY id').pluck().all(),
    stored: (device: string) =>
      trips
        .prepare<[string], number>(
          'SELECT tap.id % 4294967296 FROM tap JOIN device ON device.id = tap.id / 4294967296 WHERE name = ? ORDER BY 1',
        )
        .pluck()
        .all(device),
  };
}

/** A validator with a journal of so many rows. */
export function openValidator(
  context: TestContext,
  office: ReturnType<typeof openOffice>,
  broker: BrokerAddresses,
  device: string,
  journal: readonly JournalColumns[],
) {
  const key = join(office.dir, `${device}.json`);
  enrolNew(office.dir, device, key, 0);
  const mark = openMark(join(office.dir, `${device}-mark`), device);
  const problems: DeviceError[] = [];
  const versions: number[] = [];
  const obeyed: string[] = [];
  const settings = { broker, own: readOwnKey(key), office: readOfficeKeys(uplinkPlaces(office.dir).office) };
  const uplink = createUplink({ ...settings, version: '1', silenceMs: 500 }, mark, {
    wanted: give,
    progress: () => undefined,
    answered: () => undefined,
    failed: problem => void problems.push(problem),
    feedVersion: version => void versions.push(version),
    command(id, name) {
      obeyed.push(name);
      uplink.answer(id, { outcome: 'done', text: `${name} is done` });
    },
  });
  const sealed = sealRows(journal, device, settings.office.sealingKey);
  function give(seq: number, limit: number): void {
    void sealed.then(all => {
      const rows = all.filter(row => row.seq > seq).slice(0, limit);
      if (rows.length > 0) uplink.give(rows);
    });
  }
  const facts: UplinkFacts = { ...nothingWrong, lastSeq: journal.length, feedVersion: 1 };
  const stop = new AbortController();
  uplink.tell(facts);
  const running = uplink.run(stop.signal);
  const end = async () => {
    stop.abort();
    await running;
  };
  context.after(end);
  return { mark, problems, versions, obeyed, facts, tell: uplink.tell, end, key };
}

export function rowsOf(count: number, first = 1): readonly JournalColumns[] {
  return Array.from({ length: count }, (_, i) => codeTap(first + i, morning + i, 'on', 's0'));
}

/** @param index which of several */
export function oneOf({ url, ...known }: BrokerAddresses, index = 0): BrokerAddress {
  const urls = urlsOf(url);
  return { ...known, url: urls[index % urls.length] ?? '' };
}

export const numbers = (count: number) => Array.from({ length: count }, (_, i) => i + 1);

/** All that the contract has. */
export const contractDevices = ['bus-1.Front', 'bus-1.Rear', 'a', 'b', 'c'];

export function brokerContract(name: string, open: OpenBroker, needed?: Requirement): void {
  suite(`uplink through ${name}`, registered => {
    // Starting it is dear, and each test has devices, offices and keys of its own.
    const opened = registered.shared(open);
    const test: (...args: Parameters<TestFunction>) => void =
      needed === undefined ? registered : (...args) => registered.needing(needed, ...args);

    test('every row of two validators arrives once, and each hears what is for it', async context => {
      const broker = await opened();
      const office = openOffice(context, broker.office);
      const uplink = office.start();
      const [a, b] = ['bus-1.Front', 'bus-1.Rear'].map(device =>
        openValidator(context, office, broker.validator(device), device, rowsOf(250)),
      );
      await until('all is acknowledged', () => a?.mark.acknowledged === 250 && b?.mark.acknowledged === 250);
      assert.equal(office.stored('bus-1.Front'), numbers(250));
      assert.equal(office.stored('bus-1.Rear'), numbers(250));
      await until('the welcome', () => a?.versions.includes(1) && b?.versions.includes(1));
      office.feed.version = 2;
      await until('the hint', () => a?.versions.includes(2) && b?.versions.includes(2));
      const state = () => uplink.validators().find(({ device }) => device === 'bus-1.Front');
      await until('its state', () => state()?.status?.queue === 0 && state()?.online);
      a?.tell({ ...a.facts, ready: false, terse: 'card-reader card' });
      await until('its fault', () => state()?.status?.terse === 'card-reader card');
      await a?.end();
      await until('that it is gone', () => state()?.online === false);
    });

    test('an office that starts anew soon knows its validators; a command is done once, and answered', async context => {
      const broker = await opened();
      const office = openOffice(context, broker.office);
      const first = office.start();
      const { obeyed } = openValidator(context, office, broker.validator('a'), 'a', []);
      await until('that it is known', () => first.validators()[0]?.status);
      await first.close();
      const again = office.start();
      await until('that it is known again', () => again.validators()[0]?.status);
      const names = ['sync-now', 'diagnostics', 'restart'];
      const ids = names.map(name => giveCommand(office.dir, 'a', { name, withinS: 600 }, Date.now()).id);
      const texts = () => ids.map(id => readCommand(office.dir, id)?.answer?.text);
      await until('all answers', () => texts().every(text => text !== undefined));
      assert.equal(
        texts(),
        names.map(name => `${name} is done`),
      );
      assert.equal([...obeyed].sort(), [...names].sort());
    });

    test('a broker that ends while rows are under way: every row arrives once', async context => {
      const broker = await opened();
      const office = openOffice(context, broker.office);
      office.start();
      const { mark } = openValidator(context, office, broker.validator('a'), 'a', rowsOf(1500));
      for (const at of [100, 400, 700]) {
        await until(`row ${at}`, () => mark.acknowledged >= at);
        await broker.restart();
      }
      await until('all is acknowledged', () => mark.acknowledged === 1500);
      assert.equal(office.stored('a'), numbers(1500));
    });

    test('an office that is away: nothing counts as sent, and all comes when it is back', async context => {
      const broker = await opened();
      const office = openOffice(context, broker.office);
      const { mark, problems } = openValidator(context, office, broker.validator('a'), 'a', rowsOf(150));
      await until('that nobody answers', () => problems.some(({ kind }) => kind === 'timeout'));
      assert.is(mark.acknowledged, 0);
      const first = office.start();
      await until('all is acknowledged', () => mark.acknowledged === 150);
      await first.close();
      assert.equal(office.stored('a'), numbers(150));
    });

    test('whoever connects a thousand times and says nothing, or nonsense, harms nobody', async context => {
      const broker = await opened();
      const office = openOffice(context, broker.office);
      office.start();
      const { mark } = openValidator(context, office, broker.validator('a'), 'a', rowsOf(500));
      const { hostname, port } = new URL(oneOf(broker.office).url);
      const knock = (text: string) =>
        new Promise<void>(resolve => {
          const socket = connect(Number(port), hostname, () => socket.end(text));
          socket.on('error', () => undefined).on('close', () => resolve());
          socket.resume();
        });
      const knockOn = async () => {
        for (let i = 0; i < 50; i++) await knock(i % 2 === 0 ? '' : 'GET / HTTP/1.1\r\n\r\n');
      };
      await Promise.all(Array.from({ length: 20 }, knockOn));
      await until('all is acknowledged', () => mark.acknowledged === 500);
      assert.equal(office.stored('a'), numbers(500));
    });

    test('nobody speaks for another, hears what is another’s, or harms others by what is too long', async context => {
      const broker = await opened();
      const office = openOffice(context, broker.office);
      office.start();
      const heard: string[] = [];
      const speak = async (topic: string, payload: Buffer) => {
        const client = await connectBroker(oneOf(broker.validator('a')), {
          clientId: levelOf('a'),
          answerTimeoutMs: 3000,
          topics: [],
          hear: () => undefined,
        });
        await client.publish(topic, payload).catch(() => undefined);
        await client.close();
      };
      await speak(upTopic('b', 'rows'), Buffer.from('mine'));
      await speak(downTopic('b', 'ack'), Buffer.from('mine'));
      await speak(upTopic('a', 'rows'), Buffer.alloc(maxMessageBytes + 1024));
      const spy = { clientId: levelOf('a'), hear: (topic: string) => void heard.push(topic) };
      const spying = connectBroker(oneOf(broker.validator('a')), { ...spy, topics: ['fv1/#'] });
      const spyConnection = await spying.catch(() => undefined);
      const own = await connectBroker(oneOf(broker.validator('c')), {
        clientId: levelOf('c'),
        topics: [],
        hear: () => undefined,
      });
      assert.is(own.version, broker.version);
      await own.close();
      const { mark } = openValidator(context, office, broker.validator('b'), 'b', rowsOf(10));
      await until('all of b', () => mark.acknowledged === 10);
      await spyConnection?.close();
      assert.equal(
        heard.filter(topic => topic.includes('/b/')),
        [],
      );
      // Not every broker refuses what is too long: then the back office does, and only of whom it comes.
      assert.equal(
        office.warnings.filter(warning => Object(warning).device !== 'a'),
        [],
      );
    });
  });
}
