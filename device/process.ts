/** How the process ends: on SIGTERM or SIGINT in order and soon, on what nobody expected at once and non-zero. */
import { messageOf } from './errors.ts';
import type { Log } from './log.ts';

/** Closes one thing; the last started is closed first. */
export type Closer = () => unknown;

/** Whatever hangs while closing does not keep the process longer. */
const closeLimitMs = 1500;
const crashed = 70;
const unclean = 1;

/** @returns where to add what is to be closed */
export function stopOnSignals(log: Log): Closer[] {
  const closers: Closer[] = [];
  let stopping = false;
  const stop = (signal: NodeJS.Signals) => {
    if (stopping) return;
    stopping = true;
    log.info('stopping', { signal });
    setTimeout(() => {
      log.error('stop-forced', { limitMs: closeLimitMs });
      process.exit(unclean);
    }, closeLimitMs);
    void closeAll(closers, log).then(() => {
      log.info('stopped');
      process.exit(0);
    });
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  return closers;
}

/** For parts of a kind: each may take its time, all of them together no longer. */
export function closeTogether(parts: readonly { close(): Promise<void> }[]): Closer {
  return () => Promise.all(parts.map(part => part.close()));
}

async function closeAll(closers: readonly Closer[], log: Log): Promise<void> {
  for (const close of [...closers].reverse()) {
    try {
      await close();
    } catch (error) {
      log.error('close-failed', { problem: messageOf(error) });
    }
  }
}

/** For a supervisor to start it again. */
export function exitOnCrash(log: Log): void {
  const crash = (error: unknown) => {
    log.error('crash', {
      problem: messageOf(error),
      stack: error instanceof Error ? error.stack : undefined,
    });
    process.exit(crashed);
  };
  process.on('uncaughtException', crash);
  process.on('unhandledRejection', crash);
}
