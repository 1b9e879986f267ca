/** Three nodes of ejabberd that are one cluster, by the files that operating.md gives. */
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isProgram } from '../../../../drivers/wire/program.ts';
import { levelOf } from '../../../../sync/uplink/topics.ts';
import { type TestContext, until } from '../../../harness.ts';
import { temporaryDirectory } from '../../../temporary.ts';
import { createAuthority, type Issued } from './authority.ts';
import { brokerExample, startBrokerProcess } from './broker-process.ts';
import { type NodePlace, ownAddresses } from './node-network.ts';

export const ejabberd = {
  what: 'ejabberd',
  packages: ['ejabberd', 'openssl'],
  met: () => isProgram('ejabberdctl') && isProgram('erl') && isProgram('openssl'),
};

const port = 8883;
/** Of the nodes among each other, each at an address of its own, instead of a port that a daemon tells. */
const nodesPort = 9100;

export async function openEjabberd(context: TestContext, places: readonly NodePlace[] = ownAddresses(3)) {
  const dir = temporaryDirectory(context);
  const authority = createAuthority(context);
  authority.issue(
    'broker',
    'broker',
    places.map(({ host }) => `IP:${host}`),
  );
  const cookie = randomBytes(8).toString('hex');
  const [first] = places.map(nameOf);

  async function start(place: NodePlace, more: readonly string[] = []) {
    const home = join(dir, place.host);
    mkdirSync(home, { recursive: true });
    const settings = brokerExample('ejabberd/ejabberd.yml')
      .replaceAll('/etc/ejabberd/uplink', authority.dir)
      .replace('0.0.0.0', place.host);
    writeFileSync(join(home, 'ejabberd.yml'), settings);
    // What the settings say counts only after a minute.
    const [, tickS = ''] = /^net_ticktime: (\d+) seconds$/m.exec(settings) ?? [];
    const words = [
      ...['-name', nameOf(place), '-setcookie', cookie, '-noinput'],
      ...['-kernel', 'net_ticktime', tickS],
      ...['-kernel', 'inet_dist_use_interface', `{${place.host.replaceAll('.', ',')}}`],
      ...['-erl_epmd_port', String(nodesPort), '-start_epmd', 'false'],
      ...['-mnesia', 'dir', JSON.stringify(join(home, 'db')), '-s', 'ejabberd', ...more],
    ];
    const environment = {
      HOME: home,
      ERL_LIBS: '/usr/lib/x86_64-linux-gnu',
      EJABBERD_CONFIG_PATH: join(home, 'ejabberd.yml'),
      EJABBERD_LOG_PATH: join(home, 'ejabberd.log'),
      ERL_CRASH_DUMP_BYTES: '0',
    };
    return startBrokerProcess([...place.by, 'erl', ...words], { host: place.host, port }, environment, home);
  }

  // As `ejabberdctl join_cluster` does.
  const joining = ['-eval', `ok = ejabberd_cluster:join('${first}'), ok = file:write_file("joined", "")`];
  async function startJoining(place: NodePlace) {
    const node = await start(place, joining);
    await until(`${place.host} has joined`, () => existsSync(join(dir, place.host, 'joined')));
    return node;
  }

  const [main, ...others] = places;
  const running = main === undefined ? [] : [await start(main)];
  context.after(() => Promise.all(running.map(node => node.kill())));
  running.push(...(await Promise.all(others.map(startJoining))));
  let last = -1;
  const known = (issued: Issued) => ({
    url: places.map(({ host }) => `mqtts://${host}:${port}`),
    ca: authority.ca,
    ...issued,
  });
  return {
    authority,
    known,
    version: 5 as const,
    office: { ...known(authority.issue('office', 'office')), username: 'office' },
    validator: (device: string) => known(authority.issue(`validator-${device}`, levelOf(device))),
    async restartNode(index: number) {
      const place = places[index];
      if (place === undefined) throw new Error('no such node');
      await running[index]?.kill();
      running[index] = await start(place);
    },
    /** One node after the other. */
    restart() {
      last = (last + 1) % places.length;
      return this.restartNode(last);
    },
  };
}

function nameOf({ host }: NodePlace): string {
  return `ejabberd@${host}`;
}
