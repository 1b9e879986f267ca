/** The names of all PC/SC slots, by a process of its own: the binding beneath can hang for good. */
import { fork } from 'node:child_process';
import { z } from 'zod';
import { withinTime } from '../../../device/kit/time.ts';
import { probeDaemon, socketOf } from './daemon.ts';

const names = z.array(z.string().max(256)).max(64);
/** Only a daemon that hangs takes so long, and a machine that is busy with much else. */
const limitMs = 30_000;

/** @param socket pcscd's, where it is not the usual one. @returns null where pcscd does not answer, or the binding is not there */
export async function listCardReaders(socket = socketOf(process.env)): Promise<string[] | null> {
  // Without a daemon there is nothing to be listed, and its library would wait for one.
  if ((await probeDaemon(socket)) !== undefined) return null;
  const child = fork(new URL('./list-program.js', import.meta.url), {
    execArgv: ['--no-deprecation'],
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    env: { ...process.env, PCSCLITE_CSOCK_NAME: socket },
  });
  const said = new Promise<string[] | null>(resolve => {
    child.once('message', message => resolve(names.safeParse(message).data ?? null));
    child.once('error', () => resolve(null));
    child.once('close', () => resolve(null));
  });
  try {
    return await withinTime(said, limitMs, () => null);
  } finally {
    child.kill('SIGKILL');
  }
}
