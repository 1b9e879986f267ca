/** Three nodes of nats-server that are one cluster, by the files that operating.md gives. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isProgram } from '../../../../drivers/wire/program.ts';
import { levelOf } from '../../../../sync/uplink/topics.ts';
import { contractDevices } from '../../../contract/broker.ts';
import type { TestContext } from '../../../harness.ts';
import { temporaryDirectory } from '../../../temporary.ts';
import { createAuthority } from './authority.ts';
import { brokerExample, startBrokerProcess } from './broker-process.ts';
import { type NodePlace, ownAddresses } from './node-network.ts';

export const nats = {
  what: 'nats-server',
  packages: ['nats-server', 'openssl'],
  met: () => isProgram('nats-server') && isProgram('openssl'),
};
const port = 8883;

/** A line for each validator. */
function usersFile(): string {
  return brokerExample('nats/users.conf').replace(/^.*"CN=bus-1-front".*$/m, line =>
    contractDevices.map(device => line.replaceAll('bus-1-front', levelOf(device))).join('\n'),
  );
}

export async function openNats(context: TestContext, places: readonly NodePlace[] = ownAddresses(3)) {
  const dir = temporaryDirectory(context);
  const authority = createAuthority(context);
  const hosts = places.map(({ host }) => host);
  authority.issue(
    'broker',
    'broker',
    hosts.map(host => `IP:${host}`),
  );

  function start({ host, by }: NodePlace, index: number) {
    const home = join(dir, host);
    mkdirSync(home, { recursive: true });
    const settings = hosts.reduce(
      (text, each, i) => text.replaceAll(`//node${i + 1}:`, `//${each}:`),
      brokerExample('nats/nats.conf'),
    );
    const own = settings
      .replace('server_name: node1', `server_name: node${index + 1}`)
      .replaceAll(/0\.0\.0\.0|127\.0\.0\.1/g, host)
      .replaceAll('/etc/nats/uplink', authority.dir)
      .replace('/var/lib/nats', join(home, 'store'));
    writeFileSync(join(home, 'nats.conf'), own);
    writeFileSync(join(home, 'users.conf'), usersFile());
    return startBrokerProcess([...by, 'nats-server', '-c', join(home, 'nats.conf')], { host, port });
  }

  const nodes = await Promise.all(places.map(start));
  context.after(() => Promise.all(nodes.map(node => node.kill())));
  async function restartNode(index: number) {
    const place = places[index];
    if (place === undefined) throw new Error('no such node');
    await nodes[index]?.kill();
    nodes[index] = await start(place, index);
  }

  let last = -1;
  const known = (name: string) => ({
    url: hosts.map(host => `mqtts://${host}:${port}`),
    ca: authority.ca,
    ...authority.issue(name, name),
  });
  return {
    version: 4 as const,
    office: { ...known('office'), username: 'office' },
    validator: (device: string) => known(levelOf(device)),
    restartNode,
    /** One node after the other. */
    restart() {
      last = (last + 1) % places.length;
      return restartNode(last);
    },
  };
}
