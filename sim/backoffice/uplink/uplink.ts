/** The back office on the uplink: a client of whatever broker it is told, its own or another, for as long as it runs. */
import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { DeviceError, messageOf } from '../../../device/kit/errors.ts';
import type { Log } from '../../../device/kit/log.ts';
import { createRepetitionFilter } from '../../../device/kit/repetition-filter.ts';
import { unlessAborted } from '../../../device/kit/time.ts';
import { createPause } from '../../../sync/client/polling.ts';
import { type BrokerAddresses, createBrokers, urlsOf } from '../../../sync/uplink/brokers.ts';
import type { Connection } from '../../../sync/uplink/connection.ts';
import { shards, upTopics } from '../../../sync/uplink/topics.ts';
import { createEcho } from './echo.ts';
import { createOfficeEnd, type OfficeEndParts } from './office-end.ts';
import type { ValidatorState } from './validators.ts';

export interface OfficeUplink {
  validators(): readonly ValidatorState[];
  close(): Promise<void>;
}

export interface OfficeUplinkOptions extends Omit<OfficeEndParts, 'say'> {
  readonly broker: BrokerAddresses;
  /** Of those it takes what their validators say, hex digits; of all unless given. */
  readonly shards?: string | undefined;
  readonly log: Log;
  /** So often a node of a cluster has to confirm something, and to bring it; 10 s unless given. */
  readonly askMs?: number;
}

const longestPauseMs = 1500;
const usualAskMs = 10_000;
/** So soon validators hear of a new version, and of a command. */
const lookMs = 200;

export function startOfficeUplink(options: OfficeUplinkOptions): OfficeUplink {
  const { broker, feedVersion, log, askMs = usualAskMs } = options;
  const stop = new AbortController();
  const problems = createRepetitionFilter();
  const brokers = createBrokers(broker);
  let connection: Connection | undefined;
  let hinted: number | null = null;
  const brought = new Set<string>();
  // What cannot be said now is said when it is asked for again.
  const say = (topic: string, message: Buffer, lifeS?: number) =>
    void connection?.publish(topic, message, lifeS).catch((error: DeviceError) => {
      if (error.kind === 'protocol' && problems.isNews(error.message))
        log.error('uplink-not-said', { problem: error.message, topic });
    });
  const end = createOfficeEnd({ ...options, say });

  function look(): void {
    if (connection?.gone.aborted !== false) return;
    end.look();
    const version = feedVersion();
    if (version === null || version === hinted) return;
    hinted = version;
    end.hint(version);
  }

  async function converse(): Promise<void> {
    // A client of the same name would end this one.
    const clientId = `office-${randomBytes(6).toString('hex')}`;
    const topics = upTopics(options.shards ?? shards);
    const echo = createEcho(topics, clientId, brought);
    const opened = await brokers.connect({
      clientId,
      topics,
      hear: (topic, payload) => void (echo.hear(topic, payload) || end.hear(topic, payload)),
    });
    connection = opened;
    log.info('uplink-connected');
    problems.forget();
    hinted = null;
    end.beginAnew();
    look();
    const deaf = new AbortController();
    const asking = brokers.count > 1 ? setInterval(ask, askMs) : undefined;
    function ask(): void {
      if (echo.isDeaf) deaf.abort(new DeviceError('timeout', 'uplink', 'the broker brings nothing any more'));
      else echo.ask(opened.publish);
    }
    try {
      const ends = AbortSignal.any([opened.gone, deaf.signal, stop.signal]);
      await unlessAborted(new Promise(() => {}), ends);
    } finally {
      clearInterval(asking);
      await end.idle();
      await opened.close();
    }
  }

  async function run(): Promise<void> {
    const pause = createPause(longestPauseMs, Math.random);
    while (!stop.signal.aborted) {
      try {
        await converse();
      } catch (error) {
        if (stop.signal.aborted) return;
        if (!(error instanceof DeviceError)) throw error;
        if (problems.isNews(error.message))
          log.error('uplink-down', { problem: messageOf(error), broker: urlsOf(broker.url).join(', ') });
      }
      await delay(pause.after(false, true), undefined, { signal: stop.signal }).catch(() => {});
    }
  }

  const looking = setInterval(look, lookMs);
  const running = run();
  return {
    validators: end.validators,
    async close() {
      clearInterval(looking);
      stop.abort(new DeviceError('disconnected', 'uplink', 'closed'));
      await running;
      await end.idle();
    },
  };
}
