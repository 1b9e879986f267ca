/**
 * The firmware's program: looks whether it may open enough files, before anything is loaded, and starts the firmware.
 *
 * Running, it has some 50 open. The program is loaded by `require`, one file after the other: `import` would open some hundred at
 * once. Where there are too few, loading fails in the middle with a stack trace, or the journal finds none left.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { sayError } from './kit/printable.ts';

const neededFiles = 64;
const unusable = 2;

const [, limit] = /^Max open files +(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8')) ?? [];
if (limit !== undefined && Number(limit) < neededFiles) {
  sayError(
    `the firmware needs ${neededFiles} open files and may have ${limit}: raise ulimit -n or LimitNOFILE= of its unit`,
  );
  process.exit(unusable);
}
const firmware: typeof import('./compose/firmware.ts') = createRequire(import.meta.url)(
  './compose/firmware.js',
);
void firmware.run();
