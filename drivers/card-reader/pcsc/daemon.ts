/**
 * Whether pcscd listens. Its library must not be called before that: it would retry for ever, and block the event loop
 * meanwhile.
 */
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

const usualSocket = '/run/pcscd/pcscd.comm';
const retryMs = 200;

export function socketOf(env: NodeJS.ProcessEnv): string {
  return env.PCSCLITE_CSOCK_NAME ?? usualSocket;
}

/** @param onAbsent called once when it is not there at first */
export async function waitForDaemon(path: string, onAbsent: (why: string) => void): Promise<void> {
  for (let tries = 0; ; tries++) {
    const problem = await probeDaemon(path);
    if (problem === undefined) return;
    if (tries === 0) onAbsent(problem);
    await sleep(retryMs);
  }
}

/** @returns why it does not listen; undefined where it does */
export function probeDaemon(path: string): Promise<string | undefined> {
  return new Promise(resolve => {
    const wire = connect({ path });
    wire.once('connect', () => {
      wire.destroy();
      resolve(undefined);
    });
    wire.once('error', error => resolve(error.message));
  });
}
