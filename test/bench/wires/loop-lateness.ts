/**
 * Preloaded into the firmware process (`node --import 'loop-lateness.js?file=PATH'`): measures how late its main loop
 * is, from inside and without touching it. SIGUSR2 begins anew; when the process ends, all that was measured since is
 * in the file, milliseconds as JSON.
 *
 * A timer fires up to 1 ms after its time in an idle process, for Node's timers count whole milliseconds: that is the
 * instrument's own and is left in.
 */
import { writeFileSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';

const everyMs = 5;
const file = new URL(import.meta.url).searchParams.get('file');

// Worker threads are given the same preload.
if (isMainThread && file !== null) measure(file);

function measure(writeTo: string): void {
  let latenessMs: number[] = [];
  let due = 0;

  /** Not an interval, which would count a long block once for each tick it swallowed. */
  function wait(): void {
    due = performance.now() + everyMs;
    setTimeout(tick, everyMs).unref();
  }

  function tick(): void {
    latenessMs.push(Math.max(0, performance.now() - due));
    wait();
  }

  wait();
  process.on('SIGUSR2', () => {
    latenessMs = [];
  });
  process.on('exit', () => writeFileSync(writeTo, JSON.stringify(latenessMs)));
}
