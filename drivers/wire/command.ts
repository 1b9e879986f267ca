/** The stdout of a command as a stream; the command ends with the stream, and with this process. */
import { finished } from 'node:stream/promises';
import { messageOf } from '../../device/kit/errors.ts';
import { withinTime } from '../../device/kit/time.ts';
import { startChild } from './child.ts';

/** A program that ends closes its output first: for so long its exit code, which says more, is waited for. */
const exitCodeMs = 150;

/** @throws Error when it cannot be started */
export async function openCommand(command: readonly string[]) {
  const { stdout, exited, close } = await startChild(command, { stdout: 'pipe' });
  const ended = exited.then(({ why }) => why);
  const outputClosed = finished(stdout).then(() => 'the other side closed the connection', messageOf);
  const outputEnded = outputClosed.then(why => withinTime(ended, exitCodeMs, () => why));
  return { stream: stdout, ended: Promise.race([ended, outputEnded]), close };
}
