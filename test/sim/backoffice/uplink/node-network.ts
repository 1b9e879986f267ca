/** Where the nodes of a cluster are: on addresses of this machine, or in network namespaces on a bridge that can be cut, which only root may make. */
import { execFileSync } from 'node:child_process';
import { randomBytes, randomInt } from 'node:crypto';
import { isProgram } from '../../../../drivers/wire/program.ts';
import type { TestContext } from '../../../harness.ts';

/** Where a node is: its address, and what its program is started by. */
export interface NodePlace {
  readonly host: string;
  readonly by: readonly string[];
}

/** Addresses of this machine's own that no other test has. */
export function ownAddresses(count: number): readonly NodePlace[] {
  const net = `127.${randomInt(1, 255)}.${randomInt(0, 255)}`;
  return Array.from({ length: count }, (_, i) => ({ host: `${net}.${i + 1}`, by: [] }));
}

export const networks = {
  what: 'the right to make networks (root), ip and iptables',
  packages: ['iproute2', 'iptables'],
  met: () => isProgram('ip') && isProgram('iptables') && canMakeNetworks(),
};

function run(command: string): void {
  const [program = '', ...words] = command.split(' ');
  execFileSync(program, words, { stdio: 'ignore' });
}

function canMakeNetworks(): boolean {
  const name = `fv${randomBytes(4).toString('hex')}`;
  try {
    run(`ip netns add ${name}`);
    run(`ip netns exec ${name} iptables -A INPUT -s 198.18.0.1 -j DROP`);
    run(`ip netns del ${name}`);
    return true;
  } catch {
    return false;
  }
}

export interface NodeNetwork {
  readonly places: readonly NodePlace[];
  /** From now on one of them hears none of the others, and they do not hear it; this machine hears all. */
  cut(index: number): void;
  mend(): void;
}

export function createNodeNetwork(context: TestContext, count: number): NodeNetwork {
  const id = randomBytes(3).toString('hex');
  // 198.18.0.0/15 is for such tests (RFC 2544).
  const net = `198.${randomInt(18, 20)}.${randomInt(0, 256)}`;
  const bridge = `fvb${id}`;
  run(`ip link add ${bridge} type bridge`);
  context.after(() => run(`ip link del ${bridge}`));
  run(`ip addr add ${net}.254/24 dev ${bridge}`);
  run(`ip link set ${bridge} up`);
  const machines = Array.from({ length: count }, (_, i) => {
    const [space, near, far] = [`fv${id}-${i}`, `fvn${id}${i}`, `fvf${id}${i}`];
    const host = `${net}.${i + 1}`;
    const inside = `ip netns exec ${space}`;
    run(`ip netns add ${space}`);
    context.after(() => run(`ip netns del ${space}`));
    run(`ip link add ${near} type veth peer name ${far}`);
    run(`ip link set ${far} netns ${space}`);
    run(`ip link set ${near} master ${bridge} up`);
    run(`${inside} ip addr add ${host}/24 dev ${far}`);
    run(`${inside} ip link set ${far} up`);
    run(`${inside} ip link set lo up`);
    return { host, inside };
  });
  return {
    places: machines.map(({ host, inside }) => ({ host, by: inside.split(' ') })),
    cut(index) {
      const alone = machines[index];
      for (const other of machines) {
        if (other === alone || alone === undefined) continue;
        run(`${alone.inside} iptables -A INPUT -s ${other.host} -j DROP`);
        run(`${other.inside} iptables -A INPUT -s ${alone.host} -j DROP`);
      }
    },
    mend() {
      for (const { inside } of machines) run(`${inside} iptables -F INPUT`);
    },
  };
}
