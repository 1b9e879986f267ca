/** A validator's end of the uplink: connects again and again, says how it is, sends rows, hears answers and hints. */
import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { CommandOutcome } from '../../device/core/office-commands.ts';
import type { SealedRow, UplinkClientEvents, UplinkFacts } from '../../device/data-ports.ts';
import { DeviceError } from '../../device/kit/errors.ts';
import { monotonic, unlessAborted } from '../../device/kit/time.ts';
import { createPause } from '../client/polling.ts';
import { type BrokerAddresses, createBrokers } from './brokers.ts';
import { createCommandGate } from './command-gate.ts';
import type { Connection } from './connection.ts';
import { privateKeyOf, verifyingKeyOf } from './ed25519.ts';
import type { Mark } from './mark.ts';
import { type Bodies, readBody, writeBody } from './messages.ts';
import { createSender } from './sender.ts';
import { idOf, openMessage, signMessage } from './signed-message.ts';
import { statusAgainMs, statusReports } from './status-reports.ts';
import { downKinds, downTopic, feedTopic, levelOf, type UpKind, upTopic } from './topics.ts';
import type { OfficeKeys, OwnKey } from './uplink-keys.ts';

export interface UplinkSettings {
  readonly broker: BrokerAddresses;
  readonly own: OwnKey;
  readonly office: OfficeKeys;
  /** Of the firmware. */
  readonly version: string;
  /** So long an answer is waited for at least; 10 s unless given. */
  readonly silenceMs?: number;
}

export type UplinkEvents = Omit<UplinkClientEvents, 'fault'>;

export interface Uplink {
  tell(facts: UplinkFacts): void;
  give(rows: readonly SealedRow[]): void;
  /** Answers a command, in this connection alone: after it the back office asks again. */
  answer(id: string, outcome: CommandOutcome): void;
  /** Resolves when the signal is aborted and the broker has been told. */
  run(signal: AbortSignal): Promise<void>;
}

/** At most: a broker that refuses us, and one that is away, are asked again after 1, 2, 4 … s. */
const longestPauseMs = 6000;
/** A hello that was answered is said again so often: its answer has the feed's version, should a hint be lost. */
const helloAgainMs = 5 * 60_000;
/** A fleet does not ask for a new version all at once. */
const spreadMs = 800;
const hintsApartMs = 2000;
/** So many hellos without an answer, and one more, at one of several brokers, when none of them brings us to anybody; and so many batches. */
const mostPatience = 4;
/** Characters of an answer. */
const mostAnswered = 64_000;

export function createUplink(settings: UplinkSettings, mark: Mark, events: UplinkEvents): Uplink {
  const { broker, own, office, version, silenceMs = 10_000 } = settings;
  const { device } = own;
  const signing = privateKeyOf(own.signingKey);
  const officeKey = verifyingKeyOf(office.signingKey);
  let facts: UplinkFacts | undefined;
  let told: () => void = () => {};
  const firstTold = new Promise<void>(resolve => {
    told = resolve;
  });
  let given: (rows: readonly SealedRow[]) => void = () => {};
  const brokers = createBrokers(broker);
  /** Connections that were left because nobody answered. */
  let unanswered = 0;
  /** Of this connection, since rows were acknowledged. */
  let rowSilences = 0;
  let connection: Connection | undefined;
  let greeted: { readonly id: string; readonly answered: () => void } | undefined;
  let greetAgain: () => void = () => {};
  let hintedAt = Number.NEGATIVE_INFINITY;
  let newestHinted = -1;
  /** What a known version brings about is still to come. */
  let isHinted = false;
  const reports = statusReports();
  const commands = createCommandGate();

  const sign = (kind: UpKind, body: Uint8Array) => signMessage(signing, upTopic(device, kind), body);
  const gone = () => connection?.gone ?? AbortSignal.abort(new DeviceError('disconnected', 'uplink', 'gone'));
  async function say(kind: UpKind, message: Buffer, lifeS?: number): Promise<void> {
    gone().throwIfAborted();
    await connection?.publish(upTopic(device, kind), message, lifeS);
  }

  const sender = createSender({
    epoch: () => mark.epoch,
    mark,
    silenceMs,
    clock: monotonic,
    rowsAfter: (seq, limit) => {
      const rows = new Promise<readonly SealedRow[]>(resolve => {
        given = resolve;
      });
      events.wanted(seq, limit);
      return unlessAborted(rows, gone());
    },
    sign: body => sign('rows', body),
    publish: message => say('rows', message),
    pause: (ms, until) => atMost(ms, until, gone()),
    progress(problem) {
      rowSilences = 0;
      events.answered();
      events.progress(mark);
      if (problem !== undefined) events.failed(problem);
    },
    silent() {
      rowSilences++;
      events.failed(notAnswered('rows'));
      // Whether we are heard at all, and hear: a broker may bring nothing any more, and say nothing of it.
      greetAgain();
    },
  });

  function hear(topic: string, payload: Buffer): void {
    const body = openMessage(officeKey, topic, payload);
    if (body === undefined) return;
    if (topic === downTopic(device, 'ack')) read('ack', body, ack => sender.hear(ack));
    else if (topic === downTopic(device, 'welcome')) read('welcome', body, hearWelcome);
    else if (topic === downTopic(device, 'command')) read('command', body, hearCommand);
    else if (topic === feedTopic) read('feed', body, hearHint);
  }

  function read<Kind extends 'ack' | 'welcome' | 'command' | 'feed'>(
    kind: Kind,
    bytes: Buffer,
    use: (body: Bodies[Kind]) => void,
  ): void {
    const body = readBody(kind, bytes);
    if (body !== undefined) use(body);
  }

  function hearWelcome({ answers, feedVersion }: Bodies['welcome']): void {
    if (answers !== greeted?.id) return;
    greeted.answered();
    events.answered();
    if (feedVersion !== null) events.feedVersion(feedVersion);
  }

  function hearCommand(command: Bodies['command']): void {
    const known = commands.hear(command);
    if (known === 'to do') events.command(command.id, command.name);
    else if (known !== undefined) answer(command.id, known);
  }

  function answer(id: string, outcome: CommandOutcome): void {
    const text = outcome.text.slice(0, mostAnswered);
    say('answer', sign('answer', writeBody('answer', { id, ...outcome, text }))).catch(ignore);
  }

  /** Whoever repeats an old hint brings about nothing but this, once in two seconds. */
  function hearHint({ version: newest }: Bodies['feed']): void {
    const isKnown = newest <= Math.max(facts?.feedVersion ?? -1, newestHinted);
    if (isKnown && isHinted) return;
    const waitMs = isKnown ? Math.max(0, hintedAt + hintsApartMs - performance.now()) : 0;
    hintedAt = performance.now() + waitMs;
    newestHinted = Math.max(newest, newestHinted);
    isHinted ||= isKnown;
    setTimeout(
      () => {
        sender.wake();
        events.feedVersion(newest);
        if (!isKnown) return;
        // The back office says again what is known when it has connected anew: it may know nothing of us.
        isHinted = false;
        presentAnew();
      },
      waitMs + Math.random() * spreadMs,
    ).unref();
  }

  function presentAnew(): void {
    greetAgain();
    reports.beginAnew();
  }

  async function greet(number: number): Promise<void> {
    for (let pauseMs = silenceMs, silences = 0; ; ) {
      const { feedVersion = null, epoch = 1, lastSeq = 0 } = facts ?? {};
      const { acknowledged } = mark;
      const nonce = randomBytes(16).toString('hex');
      const known = { feedVersion, epoch, lastSeq, acknowledged };
      const hello = { connection: number, firmware: version, ...known, nonce };
      const message = sign('hello', writeBody('hello', hello));
      const answered = new Promise<'answered'>(resolve => {
        greeted = { id: idOf(message), answered: () => resolve('answered') };
      });
      commands.greet(idOf(message));
      await say('hello', message);
      if ((await atMost(pauseMs, answered, gone())) === 'answered') {
        if (silences > 0) sender.wake();
        pauseMs = silenceMs;
        silences = 0;
        unanswered = 0;
        // What is for us comes by several subscriptions, of which one alone may have ended.
        if (brokers.count > 1 && rowSilences > mostPatience) throw notAnswered('rows');
        const asked = new Promise<void>(resolve => {
          greetAgain = resolve;
        });
        await atMost(helloAgainMs, asked, gone());
      } else {
        events.failed(notAnswered('a hello'));
        silences++;
        // Behind another of them there may be somebody: a cluster in two halves has the back office in one.
        if (brokers.count > 1 && silences > Math.min(unanswered, mostPatience)) {
          unanswered++;
          throw notAnswered('a hello');
        }
        pauseMs = Math.min(2 * pauseMs, helloAgainMs);
      }
    }
  }

  async function report(number: number): Promise<void> {
    reports.beginAnew();
    for (;;) {
      const queue = Math.max(0, (facts?.lastSeq ?? 0) - mark.acknowledged);
      const body = facts && reports.due(facts, queue, number);
      if (body !== undefined)
        await say('status', sign('status', writeBody('status', body)), statusAgainMs / 1000);
      await delay(1000, undefined, { signal: gone() });
    }
  }

  async function converse(signal: AbortSignal): Promise<void> {
    const { epoch = 1, lastSeq = 0 } = facts ?? {};
    if (epoch !== mark.epoch || lastSeq < mark.acknowledged) mark.begin(epoch);
    events.progress(mark);
    rowSilences = 0;
    commands.beginAnew();
    const number = mark.nextConnection(Date.now());
    const presence = (online: boolean) =>
      sign('presence', writeBody('presence', { connection: number, online }));
    const opened = await brokers.connect({
      clientId: levelOf(device),
      topics: [...downKinds.map(kind => downTopic(device, kind)), feedTopic],
      will: { topic: upTopic(device, 'presence'), payload: presence(false) },
      hear,
    });
    connection = opened;
    const leave = () => void say('presence', presence(false)).finally(opened.close).catch(ignore);
    signal.addEventListener('abort', leave);
    try {
      if (signal.aborted) leave();
      await say('presence', presence(true));
      await Promise.race([greet(number), report(number), sender.run()]);
    } catch (error) {
      // A timer that the end of the connection has aborted says nothing of it.
      opened.gone.throwIfAborted();
      throw error;
    } finally {
      signal.removeEventListener('abort', leave);
      await opened.close();
    }
  }

  return {
    tell(now) {
      facts = now;
      told();
    },
    give: rows => given(rows),
    answer(id, outcome) {
      commands.settle(id, outcome);
      answer(id, outcome);
    },
    async run(signal) {
      const pause = createPause(longestPauseMs, Math.random);
      await firstTold;
      while (!signal.aborted) {
        const before = mark.acknowledged;
        try {
          await converse(signal);
        } catch (error) {
          if (!(error instanceof DeviceError)) throw error;
          if (!signal.aborted) events.failed(error);
        }
        await delay(pause.after(false, mark.acknowledged > before), undefined, { signal }).catch(ignore);
      }
    },
  };
}

function notAnswered(what: string): DeviceError {
  return new DeviceError('timeout', 'uplink', `the back office does not answer ${what}`);
}

function ignore(): void {}

/** Rejects with the reason when the signal is aborted. */
async function atMost<T>(ms: number, until: Promise<T>, signal: AbortSignal): Promise<T | 'silence'> {
  const timer = new AbortController();
  const over = delay(ms, 'silence' as const, { signal: timer.signal }).catch(() => 'silence' as const);
  try {
    return await unlessAborted(Promise.race([until, over]), signal);
  } finally {
    timer.abort();
  }
}
