/**
 * A program of the system as a child that ends with this process, however that ends.
 *
 * Traps. The child leads a process group and the whole group is ended, or `sh -c 'ffmpeg … | filter'` would leave ffmpeg
 * behind. A child that waits for a silent source, or for room in its pipe, does not notice that this process has been
 * killed: `setpriv` has the kernel kill it then. The processes that it starts in turn, as of a pipeline, end by the broken
 * pipe at their next write.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import { hideUserinfo } from '../../device/kit/address.ts';
import { withinTime } from '../../device/kit/time.ts';
import { dyingWithUs, isProgram, isSetprivThere } from './program.ts';

export interface ChildEnd {
  /** Its exit code; null if a signal ended it. */
  readonly code: number | null;
  /** In words, with the end of what it printed to stderr. */
  readonly why: string;
}

/** `In` and `Out` are null where the child has none. */
export interface Child<In extends Writable | null, Out extends Readable | null> {
  readonly pid: number;
  readonly stdin: In;
  readonly stdout: Out;
  readonly stderr: Readable;
  readonly exited: Promise<ChildEnd>;
  /** Ends it at once. */
  kill(): void;
  /** Asks it to end, and ends it. Resolves within 300 ms; its output is closed then. */
  close(): Promise<void>;
}

type Piped = { readonly stdin?: 'pipe'; readonly stdout?: 'pipe' };
type In<P extends Piped> = P['stdin'] extends 'pipe' ? Writable : null;
type Out<P extends Piped> = P['stdout'] extends 'pipe' ? Readable : null;

const terminateGraceMs = 150;
const killGraceMs = 150;
const stderrTailChars = 200;

/**
 * @param piped which of its ends are pipes; stderr is
 * @throws Error when it cannot be started
 */
export async function startChild<P extends Piped>(
  command: readonly string[],
  piped: P,
  env: NodeJS.ProcessEnv = process.env,
): Promise<Child<In<P>, Out<P>>> {
  const [program = ''] = command;
  if (!isSetprivThere()) throw new Error('setpriv is missing: install the package util-linux');
  if (!isProgram(program)) throw new Error('there is no such program');
  const [launcher, ...launcherArguments] = dyingWithUs(command);
  const child = spawn(launcher, launcherArguments, {
    stdio: [piped.stdin ?? 'ignore', piped.stdout ?? 'ignore', 'pipe'],
    detached: true,
    env,
  });
  await once(child, 'spawn');
  children.add(child);
  if (children.size === 1) process.on('exit', killChildren);
  const { pid = 0, stdin, stdout } = child;
  const stderr = child.stderr as Readable;
  let lastWords = '';
  stderr.setEncoding('utf8').on('data', (text: string) => {
    // ffmpeg repeats its address, password included.
    lastWords = hideUserinfo(lastWords + text).slice(-stderrTailChars);
  });
  const exited = new Promise<ChildEnd>(resolve => {
    child.on('exit', (code, by) => {
      const why = `${program} ended (${by ?? code}) ${lastWords.replace(/\s+/g, ' ').trim()}`;
      resolve({ code, why: why.trim() });
    });
  });
  return {
    pid,
    stdin: stdin as In<P>,
    stdout: stdout as Out<P>,
    stderr,
    exited,
    kill: () => signalGroup(child, 'SIGKILL'),
    async close() {
      signalGroup(child, 'SIGTERM');
      await withinTime(exited, terminateGraceMs, async () => {
        signalGroup(child, 'SIGKILL');
        await withinTime(exited, killGraceMs, () => undefined);
      });
      for (const end of [stdin, stdout, stderr]) end?.destroy();
      children.delete(child);
      if (children.size === 0) process.off('exit', killChildren);
    },
  };
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
