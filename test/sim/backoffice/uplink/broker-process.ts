/** A broker that is a program: started, killed and started again by tests, with the files that operating.md gives. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { until } from '../../../harness.ts';

/** @param name of a file below docs/examples/brokers */
export function brokerExample(name: string): string {
  return readFileSync(new URL(`../../../../../docs/examples/brokers/${name}`, import.meta.url), 'utf8');
}

export interface BrokerProcess {
  /** kill -9, to the whole group. */
  kill(): Promise<void>;
}

/** Resolves when it listens. @param more of the environment @param cwd where it runs */
export async function startBrokerProcess(
  [program = '', ...words]: readonly string[],
  { host = '127.0.0.1', port }: { readonly host?: string; readonly port: number },
  more: NodeJS.ProcessEnv = {},
  cwd = process.cwd(),
): Promise<BrokerProcess> {
  const broker = spawn(program, words, {
    stdio: process.env.TEST_BROKER_OUTPUT === undefined ? 'ignore' : 'inherit',
    cwd,
    env: { ...process.env, ...more },
    detached: true,
  });
  const kill = () => {
    if (broker.pid !== undefined) process.kill(-broker.pid, 'SIGKILL');
  };
  process.once('exit', kill);
  const gone = once(broker, 'exit');
  let isGone = false;
  void gone.then(() => {
    isGone = true;
    process.off('exit', kill);
  });
  await until(`${program} at ${host}:${port}`, async () => {
    if (isGone) throw new Error(`${program} has ended`);
    return isListening(host, port);
  });
  return {
    async kill() {
      if (!isGone) kill();
      await gone;
    },
  };
}

function isListening(host: string, port: number): Promise<boolean> {
  return new Promise(resolve => {
    const socket = connect(port, host, () => resolve(true)).on('error', () => resolve(false));
    socket.on('connect', () => socket.destroy());
  });
}
