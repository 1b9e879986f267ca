/**
 * A validator whose system clock is wrong, though it could be right, and whose feed comes by https: the world that its
 * satellites, its feed and its passengers live in is another time than the machine's.
 */
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import type { ValidatorPost } from '../../../sim/bus/validator-post.ts';
import { suite, type TestContext, until } from '../../harness.ts';
import { issueFor, serveSecurely, trustAlso } from '../../sync/client/tls/secure-server.ts';
import { temporaryDirectory } from '../../temporary.ts';
import { type FedStand, type ServedFeed, startFedStand } from './fed-stand.ts';
import { changeSettings, type Settings } from './stand.ts';

const dayMs = 86_400_000;

interface World {
  /** The clock is behind by so much; it is ahead if negative. */
  readonly slowMs: number;
  readonly hasSatellites: boolean;
  /** The satellites' time is wrong in this world, too. */
  readonly lieMs?: number;
  /** A ride was taken before: nobody knows when, by a clock that is wrong. */
  readonly hasRidden?: boolean;
}

/** A ride is taken with data of a right clock. Then it has none, and all is as in the world. */
async function startRidden(
  context: TestContext,
  serve: (served: ServedFeed) => Promise<Settings>,
  setWires: (post: ValidatorPost) => void,
): Promise<FedStand> {
  const fed = await startFedStand(context);
  const { stand, places, keys } = fed;
  await stand.tap(stand.crowd.tUnion('green'));
  setWires(stand.post);
  const feed = { root: places.initialRoot, pollS: 0.2, ...(await serve(fed)) };
  const settings = { links: { cache: 'fresh', fleetKeys: keys }, feed };
  await stand.cutPower(() => changeSettings(join(stand.directory, 'config.yaml'), settings));
  await stand.ready();
  return fed;
}

/** Starts a validator that has never had any data, with a feed that has published in that world. */
async function startWrong(
  context: TestContext,
  { slowMs, hasSatellites, lieMs = 0, hasRidden = false }: World,
) {
  const worldNow = () => Date.now() + slowMs;
  const { root, leaf } = issueFor(worldNow(), temporaryDirectory(context));
  trustAlso(context, root.certificateFile);
  const publishIn = ({ publish }: ServedFeed) => {
    const now = worldNow();
    return publish('snapshot', { now, linksAsOf: now, statusAsOf: now, trustClock: true });
  };
  let version = 0;
  const serve = async (served: ServedFeed) => {
    version = publishIn(served);
    return { url: await serveSecurely(context, served.places.public, leaf) };
  };
  const setWires = ({ gnss }: ValidatorPost) => {
    gnss.setClock({ offsetMs: slowMs + lieMs });
    if (!hasSatellites) gnss.setMode('no-fix');
  };
  const fed = hasRidden
    ? await startRidden(context, serve, setWires)
    : await startFedStand(context, serve, { setWires });
  const { stand } = fed;
  const publish = () => publishIn(fed);
  const arrives = (wanted: number) =>
    until(`version ${wanted}`, () =>
      stand.log.some(({ event, version }) => event === 'links' && version === wanted),
    );
  const says = (what: string, command: string, wanted: RegExp) =>
    until(what, async () => wanted.test(await stand.ask(command)));
  return { stand, version, publish, arrives, says, worldNow };
}

const clocks = [
  ['600 days slow', 600 * dayMs],
  ['90 days fast', -90 * dayMs],
] as const;

suite('firmware: https and a wrong clock, no data yet', test => {
  for (const [what, slowMs] of clocks) {
    test.needing(
      'openssl',
      `${what}, with satellites: the feed is reached, and the clock is set`,
      async context => {
        const { stand, version, publish, arrives, says, worldNow } = await startWrong(context, {
          slowMs,
          hasSatellites: true,
        });
        await arrives(version);
        await says('the time', 'clock', /source +gnss[\s\S]*problem +none/);
        await says('no fault', 'status', new RegExp(`WORKS\\r\\n[\\s\\S]*feed .*version ${version}`));
        await arrives(publish());
        const code = stand.crowd.phone('green').showCode({ at: worldNow() });
        const { verdict, reason } = await stand.scan(code);
        assert.not.equal(verdict, 'invalid', String(reason));
      },
    );

    test.needing(
      'openssl',
      `${what}, without satellites: a fault that says so, until they come`,
      async context => {
        const { stand, version, arrives, says } = await startWrong(context, { slowMs, hasSatellites: false });
        const why =
          slowMs > 0 ? /not yet valid: .*: the clock is wrong/ : /has expired: .*: one of the two is wrong/;
        await says('a fault', 'status', new RegExp(`FAULTS[\\s\\S]*feed feed: .*${why.source}`));
        await stand.shows('crew', '健康码数据更新故障');
        stand.post.gnss.setMode('fix');
        await arrives(version);
      },
    );
  }

  test.needing(
    'openssl',
    '90 days fast, after rides: the feed is reached, and the first code sets the clock',
    async context => {
      const world = { slowMs: -90 * dayMs, hasSatellites: true, hasRidden: true };
      const { stand, version, publish, arrives, says, worldNow } = await startWrong(context, world);
      await arrives(version);
      const held = /source +system[\s\S]*problem +gnss says .*: not followed while rides are taken/;
      await says('no step under rides', 'clock', held);
      await says('works all the same', 'feed', /state +works/);
      await arrives(publish());
      const { verdict, reason } = await stand.scan(stand.crowd.phone('green').showCode({ at: worldNow() }));
      assert.not.equal(verdict, 'invalid', String(reason));
      await says('the time', 'clock', /source +gnss[\s\S]*problem +none/);
    },
  );

  test.needing(
    'openssl',
    '600 days slow, after rides: what the feed brings sets the clock',
    async context => {
      const world = { slowMs: 600 * dayMs, hasSatellites: true, hasRidden: true };
      const { version, arrives, says } = await startWrong(context, world);
      await arrives(version);
      await says('the time', 'clock', /source +gnss[\s\S]*problem +none/);
    },
  );

  test.needing(
    'openssl',
    'satellites that lie by 200 days, and a right clock: the feed is reached, and shows the lie',
    async context => {
      const { stand, version, publish, arrives, says } = await startWrong(context, {
        slowMs: 0,
        hasSatellites: true,
        lieMs: 200 * dayMs,
      });
      await arrives(version);
      await says('the lie', 'clock', /source +system[\s\S]*problem +gnss says .*: not believed/);
      await arrives(publish());
      assert.is((await stand.scan(stand.crowd.code('green'))).verdict, 'pass');
    },
  );
});
