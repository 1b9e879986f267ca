/**
 * The stdout of a command as a stream; the command ends with the stream, and with this process.
 *
 * Traps. The command leads a process group and the whole group is ended, or `sh -c 'ffmpeg … | filter'` would leave ffmpeg
 * behind. A command that waits for a silent source, or for room in its pipe, does not notice that this process has been
 * killed: `setpriv` has the kernel kill it then. The processes that it starts in turn, as of a pipeline, end by the broken
 * pipe at their next write.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { finished } from 'node:stream/promises';
import { hideUserinfo } from '../../device/kit/address.ts';
import { messageOf } from '../../device/kit/errors.ts';
import { withinTime } from '../../device/kit/time.ts';
import { dyingWithUs, isProgram, isSetprivThere } from './program.ts';

const terminateGraceMs = 150;
const killGraceMs = 150;
const stderrTailChars = 200;

/** @throws Error when it cannot be started */
export async function openCommand(command: readonly string[]) {
  const [program = ''] = command;
  if (!isSetprivThere()) throw new Error('setpriv is missing: install the package util-linux');
  if (!isProgram(program)) throw new Error('there is no such program');
  const [launcher, ...launcherArguments] = dyingWithUs(command);
  const child = spawn(launcher, launcherArguments, {
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  await once(child, 'spawn');
  children.add(child);
  if (children.size === 1) process.on('exit', killChildren);
  let lastWords = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    // ffmpeg repeats its address, password included.
    lastWords = hideUserinfo(lastWords + text).slice(-stderrTailChars);
  });
  const exited = new Promise<string>(resolve => {
    child.on('exit', (code, by) =>
      resolve(`${program} ended (${by ?? code}) ${lastWords.replace(/\s+/g, ' ').trim()}`.trim()),
    );
  });
  const outputClosed = finished(child.stdout).then(() => 'the other side closed the connection', messageOf);
  // A program that ends closes its output first: its exit code says more.
  const outputEnded = outputClosed.then(why => withinTime(exited, terminateGraceMs, () => why));
  const close = async () => {
    signalGroup(child, 'SIGTERM');
    await withinTime(exited, terminateGraceMs, async () => {
      signalGroup(child, 'SIGKILL');
      await withinTime(exited, killGraceMs, () => undefined);
    });
    child.stdout.destroy();
    child.stderr.destroy();
    children.delete(child);
    if (children.size === 0) process.off('exit', killChildren);
  };
  return { stream: child.stdout, ended: Promise.race([exited, outputEnded]), close };
}

const children = new Set<ChildProcess>();

function killChildren(): void {
  for (const child of children) signalGroup(child, 'SIGKILL');
}

function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch {
    // The whole group has ended already.
  }
}
