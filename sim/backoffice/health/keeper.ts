/**
 * Keeps everybody's health code known: asks the source for all in turn, some batches at a time. Where the source fails, the
 * last good answer stays for as long as the policy lets it; then the code is unknown.
 */
import { setMaxListeners } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { messageOf } from '../../../device/kit/errors.ts';
import type { Identity } from '../store/vault.ts';
import { type AskerOptions, type AskerParts, createAsker } from './asker.ts';

/** Read anew each time they are needed. */
export interface KeeperOptions extends AskerOptions {
  /** The policy's limit: an older answer is not published. */
  readonly statusMaxAgeMs: number;
  /** People asked for at once. */
  readonly batch: number;
  /** Batches under way at once. */
  readonly concurrency: number;
}

export const usualKeeping = {
  askEveryMs: 10 * 60_000,
  timeoutMs: 5_000,
  batch: 200,
  concurrency: 8,
} as const;

export interface HealthKeeper {
  /** Asks for this person at once, if registered. Resolves when the answer is stored. */
  askFor(who: Identity): Promise<void>;
  /** Asks for all who are due, and makes unknown what has become too old. */
  round(): Promise<void>;
  close(): Promise<void>;
}

const expireAtATime = 1000;
/** The pause where nobody is due. */
const idleMs = 1000;
const heartbeatMs = 10_000;

export function keepHealth(parts: AskerParts, options: KeeperOptions): HealthKeeper {
  const { health, source, log, changed } = parts;
  const { batch, concurrency, now } = options;
  const stop = new AbortController();
  // Each question under way listens, and many people may register at the same moment.
  setMaxListeners(0, stop.signal);
  const asker = createAsker(parts, options, stop.signal);
  const urgent = new Set<Promise<void>>();
  const pause = (ms: number) => delay(ms, undefined, stop).catch(() => undefined);
  const failed = (error: unknown) => log.error('health-keeping-failed', { problem: messageOf(error) });

  /** Asks for nobody, so that an outage is noticed while nobody is due. */
  async function heartbeat(): Promise<void> {
    const silentMs = now() - (await health.sourceAnsweredAt());
    if (silentMs > Math.min(heartbeatMs, options.askEveryMs)) await asker.ask([]);
  }

  async function expire(): Promise<void> {
    let expired = expireAtATime;
    while (expired === expireAtATime && !stop.signal.aborted) {
      expired = await health.expire(now() - options.statusMaxAgeMs, expireAtATime, now());
      if (expired > 0) changed();
    }
  }

  async function round(): Promise<void> {
    await expire();
    const { people: due, unreadable } = await health.due(
      now() - options.askEveryMs,
      batch * concurrency,
      now(),
    );
    if (unreadable > 0) log.error('persons-unreadable', { persons: unreadable });
    const batches = Array.from({ length: Math.ceil(due.length / batch) }, (_, i) =>
      due.slice(i * batch, (i + 1) * batch),
    );
    await Promise.all(batches.map(asker.ask));
    if (due.length === 0) await heartbeat();
    if (due.length < batch * concurrency) await pause(Math.min(idleMs, options.askEveryMs));
  }

  async function keepOn(): Promise<void> {
    while (!stop.signal.aborted) {
      try {
        await round();
      } catch (error) {
        failed(error);
        await pause(idleMs);
      }
    }
  }

  async function askNow(who: Identity): Promise<void> {
    const person = await health.one(who);
    if (person !== undefined) await asker.ask([person]);
  }

  function askFor(who: Identity): Promise<void> {
    const asking = askNow(who).catch(failed);
    urgent.add(asking);
    return asking.finally(() => urgent.delete(asking));
  }

  const stopListening = source.onChange(who => void askFor(who));
  const running = keepOn();
  return {
    askFor,
    round,
    async close() {
      stopListening();
      stop.abort();
      await Promise.all([running, ...urgent]);
    },
  };
}
