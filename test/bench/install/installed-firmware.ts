/** The firmware as it is installed, with the Node that came with it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

export interface Installed {
  /** The folder that the package makes. */
  readonly home: string;
  readonly configFile: string;
}

export interface InstalledFirmware {
  readonly pid: number;
  /** Rejects when it ends before it is stopped. */
  readonly ended: Promise<never>;
  stop(): Promise<void>;
}

const keptComplaintLength = 2000;

export function startInstalled({ home, configFile }: Installed): InstalledFirmware {
  // As /usr/bin/fare-validator does.
  const words = [
    '--max-semi-space-size=1',
    join(home, 'build/device/main.js'),
    'run',
    '--config',
    configFile,
  ];
  const child = spawn(join(home, 'node'), words, { stdio: ['ignore', 'ignore', 'pipe'] });
  const { pid } = child;
  if (pid === undefined) throw new Error(`${home} cannot be started`);
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-keptComplaintLength);
  });
  const exited = once(child, 'exit');
  const ended = exited.then(([code, signal]): never => {
    throw new Error(`the firmware ended by itself (${signal ?? code}): ${said}`);
  });
  // Once it is stopped nobody asks.
  ended.catch(() => {});
  return {
    pid,
    ended,
    async stop() {
      child.kill('SIGTERM');
      await exited;
    },
  };
}
