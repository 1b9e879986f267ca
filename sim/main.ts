/** Starts the testers' program. */
import { sayError } from '../device/kit/printable.ts';
import { runProgram, wrongUsage } from './program.ts';

const unexpected = 70;

process.stdout.on('error', error => {
  sayError(`standard output: ${error.message}`);
  process.exit(wrongUsage);
});

try {
  await runProgram(process.argv.slice(2));
} catch (error) {
  sayError(error instanceof Error ? (error.stack ?? error.message) : String(error));
  // What it has started would keep the process alive.
  process.exit(unexpected);
}
