/** Three nodes of nats-server, which knows MQTT 3.1.1 alone: the contract, by the files that operating.md gives. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isProgram } from '../../../../drivers/wire/program.ts';
import { levelOf } from '../../../../sync/uplink/topics.ts';
import { brokerContract, contractDevices } from '../../../contract/broker.ts';
import type { TestContext } from '../../../harness.ts';
import { temporaryDirectory } from '../../../temporary.ts';
import { createAuthority } from './authority.ts';
import { brokerExample, startBrokerProcess } from './broker-process.ts';
import { ownAddresses } from './ejabberd-cluster.ts';

const needed = {
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

async function openNats(context: TestContext) {
  const dir = temporaryDirectory(context);
  const authority = createAuthority(context);
  const hosts = ownAddresses(3).map(({ host }) => host);
  authority.issue(
    'broker',
    'broker',
    hosts.map(host => `IP:${host}`),
  );

  function start(host: string, index: number) {
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
    return startBrokerProcess(['nats-server', '-c', join(home, 'nats.conf')], { host, port });
  }

  const nodes = await Promise.all(hosts.map(start));
  context.after(() => Promise.all(nodes.map(node => node.kill())));
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
    /** One node after the other. */
    async restart() {
      last = (last + 1) % hosts.length;
      await nodes[last]?.kill();
      nodes[last] = await start(hosts[last] ?? '', last);
    },
  };
}

brokerContract('three nodes of nats-server', openNats, needed);
