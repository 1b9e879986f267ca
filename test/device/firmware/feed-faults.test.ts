/** What is wrong with a feed is told by log and console, and taps go on with what is here. */
import { randomBytes } from 'node:crypto';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { suite, until } from '../../harness.ts';
import {
  cutAfter,
  dripping,
  flippedBit,
  htmlPage,
  otherBytes,
  redirected,
  status,
} from '../../sync/client/faults/faults.ts';
import type { Fault } from '../../sync/client/faults/faulty-server.ts';
import { type FedStand, startFedStand } from './fed-stand.ts';

const dayMs = 86_400_000;

async function assertTapsGoOn({ stand }: FedStand): Promise<void> {
  assert.is((await stand.tap(stand.crowd.tUnion('green'))).verdict, 'pass');
  assert.is((await stand.tap(stand.crowd.tUnion('red'))).verdict, 'abnormal');
  assert.is((await stand.tap(stand.crowd.tUnion('none'))).verdict, 'not-found');
}

/** Log and console say this, taps go on; `mend` ends it, and the newest version comes. */
async function assertTold(fed: FedStand, from: number, kind: string, why: RegExp): Promise<void> {
  const { stand } = fed;
  const refused = await until(`refused: ${why}`, () =>
    stand.log.slice(from).find(({ event, problem }) => event === 'feed-refused' && why.test(String(problem))),
  );
  assert.is(refused.kind, kind, JSON.stringify(refused));
  const console = await until('the console', async () => {
    const text = await stand.ask('feed');
    return /state +FAILS/.test(text) && text;
  });
  assert.match(console, why);
  await assertTapsGoOn(fed);
}

const metadata = (file: string) => new RegExp(`metadata/[\\d.]*${file}.json$`);

/** On the way to the next version. */
const faults: Record<string, readonly [path: RegExp, fault: Fault, kind: string, why: RegExp]> = {
  'a page to sign in': [metadata('timestamp'), htmlPage, 'protocol', /timestamp\.json: .*not JSON/],
  elsewhere: [
    metadata('targets'),
    redirected,
    'protocol',
    /targets\.json: status 302, redirects are not followed/,
  ],
  'a damaged index': [/index\.json\.gz$/, flippedBit(50, 2), 'protocol', /index\.json\.gz: .*hash/],
  'a policy that is missing': [/policy\.yaml$/, status(404), 'protocol', /policy\.yaml: status 404/],
  'files that are missing': [/^files\//, status(404), 'protocol', /files\/[0-9a-f]{64}: status 404/],
  'a cut connection': [/^files\//, cutAfter(5), 'disconnected', /files\/[0-9a-f]{64}: /],
  'a byte now and then': [
    metadata('snapshot'),
    dripping(50),
    'timeout',
    /snapshot\.json: only \d+ bytes came/,
  ],
};

suite('feed: faults', test => {
  test('what a server does wrong', async context => {
    const fed = await startFedStand(context, { timeoutMs: 1000 });
    const { stand, server } = fed;
    await fed.arrives(2);
    for (const [name, [path, fault, kind, why]] of Object.entries(faults)) {
      const from = stand.log.length;
      const end = server.inject(path, fault);
      const version = fed.publish('delta', { policyFile: fed.policyWith({ repeatWindowS: 10 + from }) });
      try {
        await stand.ask('sync');
        await assertTold(fed, from, kind, why);
      } catch (error) {
        throw new Error(`${name}: ${String(error)}`, { cause: error });
      }
      end();
      await stand.ask('sync');
      await fed.arrives(version);
    }
    await assertTapsGoOn(fed);
  }, 120_000);

  test('old, expired and foreign metadata, a foreign fleet key', async context => {
    const fed = await startFedStand(context);
    const { stand, server, places } = fed;
    await fed.arrives(2);
    const old = join(stand.directory, 'old-public');
    cpSync(places.public, old, { recursive: true });
    await fed.arrives(fed.publish('delta'));
    const from = () => stand.log.length;

    let start = from();
    server.directory = old;
    await assertTold(fed, start, 'protocol', /version 2 is less than current version 3/);
    server.directory = places.public;

    start = from();
    fed.publish('delta', { now: Date.now() - 2 * dayMs, trustClock: true });
    await assertTold(fed, start, 'protocol', /timestamp\.json is expired/);

    start = from();
    const version = fed.publish('delta', { trustClock: true });
    const { signed, signatures } = JSON.parse(readFileSync(join(places.metadata, 'timestamp.json'), 'utf8'));
    const forged = { signed, signatures: [{ ...signatures[0], sig: '00'.repeat(64) }] };
    const end = server.inject('metadata/timestamp.json', otherBytes(Buffer.from(JSON.stringify(forged))));
    await assertTold(fed, start, 'protocol', /timestamp\.json: .*signed by 0\/1 keys/);
    end();
    await stand.ask('sync');
    await fed.arrives(version);

    const keys = readFileSync(places.deviceKeys, 'utf8');
    const foreign = randomBytes(32).toString('hex');
    start = from();
    await stand.cutPower(() =>
      writeFileSync(places.deviceKeys, JSON.stringify({ keys: [{ id: 'others', key: foreign }] })),
    );
    await stand.ready();
    await stand.logged('feed-refused', start);
    await until('the fault', async () =>
      /fleet key epoch-1, which is not held here/.test(await stand.ask('cache')),
    );
    assert.is((await stand.tap(stand.crowd.tUnion('green'))).reason, 'no-data');
    writeFileSync(places.deviceKeys, keys);
  });

  test('data that gets too old is not believed, and fresh data is again', async context => {
    const fed = await startFedStand(context);
    const { stand, server } = fed;
    await fed.arrives(2);
    const policyFile = fed.policyWith({ freshness: { statusMaxAgeS: 5, linksMaxAgeS: 86_400 } });
    await fed.arrives(fed.publish('delta', { policyFile }));
    const end = server.inject(/./, status(503));
    const answers: string[] = [];
    await until('a tap that is not believed', async () => {
      const { verdict, reason } = await stand.tap(stand.crowd.tUnion('green'));
      answers.push(`${verdict} ${reason ?? ''}`);
      await new Promise(resolve => setTimeout(resolve, 200));
      return verdict === 'cannot-verify';
    });
    assert.is(answers.at(-1), 'cannot-verify stale-status');
    assert.ok(
      answers.slice(0, -1).every(answer => answer === 'pass '),
      answers.join(),
    );
    assert.match(await stand.ask('cache'), /state +NOT USABLE: stale-status/);
    assert.match(await stand.ask('feed'), /state +FAILS .*status 503/);
    end();
    const version = fed.publish('delta', { policyFile: fed.policyWith({}) });
    await stand.ask('sync');
    await fed.arrives(version);
    assert.is((await stand.tap(stand.crowd.tUnion('green'))).verdict, 'pass');
  });

  test('signatures about to expire: crew, console and log say so in time, and no more once there are new ones', async context => {
    const fed = await startFedStand(context);
    const { stand } = fed;
    await fed.arrives(2);
    const from = stand.log.length;
    fed.renewRoot(Date.now() + 30 * dayMs);
    await stand.shows('crew', '健康码数据签名将到期');
    assert.match(await stand.ask('status'), /WITH FAULTS[\s\S]*root\.json expires .*feed rotate --key root/);
    const [told] = stand.log.slice(from).filter(({ event }) => event === 'part-fault');
    assert.is(told?.part, 'feed-expiry');
    await assertTapsGoOn(fed);
    fed.renewRoot(Date.now() + 700 * dayMs);
    await until('it is over', async () => /bus-1-front: WORKS\r\n/.test(await stand.ask('status')));
    assert.not.match(await stand.shows('crew', '路'), '签名');
  });
});
