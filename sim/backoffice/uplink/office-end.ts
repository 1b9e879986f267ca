/** The back office's end of the uplink: whatever comes from validators is checked, answered and stored here. */
import { messageOf } from '../../../device/kit/errors.ts';
import { forgetOldest } from '../../../device/kit/forget-oldest.ts';
import type { Log } from '../../../device/kit/log.ts';
import { createRepetitionFilter } from '../../../device/kit/repetition-filter.ts';
import { type Clock, monotonic } from '../../../device/kit/time.ts';
import { privateKeyOf, verifyingKeyOf } from '../../../sync/uplink/ed25519.ts';
import { type Bodies, readBody, writeBody } from '../../../sync/uplink/messages.ts';
import { idOf, openMessage, signMessage } from '../../../sync/uplink/signed-message.ts';
import { type DownKind, downTopic, feedTopic, readUpTopic } from '../../../sync/uplink/topics.ts';
import { createRowReader } from '../intake/row-reader.ts';
import { keepSealed } from '../intake/sealed-rows-kept.ts';
import type { Intake } from '../intake/take-rows.ts';
import { createAllowances } from './allowances.ts';
import { type Batch, createBatchQueue } from './batch-queue.ts';
import { createCommandDesk } from './command-desk.ts';
import type { Enrolled } from './enrolled.ts';
import { isLostKey } from './lost-keys.ts';
import { type UplinkKeys, uplinkPlaces } from './office-keys.ts';
import { type BatchTakers, takeBatch } from './take-batch.ts';
import { createValidators, type ValidatorState } from './validators.ts';

export interface OfficeEndParts {
  /** The back office's data. */
  readonly directory: string;
  readonly keys: UplinkKeys;
  /** @returns undefined for who is not enrolled, or no more */
  readonly enrolled: (device: string) => Pick<Enrolled, 'signingKey'> | undefined;
  readonly intake: Intake;
  /** Of the feed; null before there is one. */
  readonly feedVersion: () => number | null;
  /** @param lifeS nobody needs it after so many seconds */
  readonly say: (topic: string, message: Buffer, lifeS?: number) => void;
  readonly log: Log;
  /** Of a monotonic time; this machine's unless given. */
  readonly clock?: Clock;
}

export interface OfficeEnd {
  hear(topic: string, payload: Buffer): void;
  /** Tells all validators that the feed has a new version. */
  hint(version: number): void;
  validators(): readonly ValidatorState[];
  /** There is another connection. */
  beginAnew(): void;
  /** Says what somebody has given validators to do; to be called now and then while there is a connection. */
  look(): void;
  /** Resolves when what has come is stored, or given up. */
  idle(): Promise<void>;
}

/** Whoever connects later hears of the version in the answer to their hello. */
const hintLifeS = 300;
export function createOfficeEnd({
  directory,
  keys,
  enrolled,
  intake,
  feedVersion,
  say,
  log,
  clock = monotonic,
}: OfficeEndParts): OfficeEnd {
  const signing = privateKeyOf(keys.signing);
  const verifyingKeys = createVerifyingKeys();
  const reader = createRowReader(keys.opening);
  const keepLost: BatchTakers['keepLost'] = (device, batch) =>
    isLostKey(directory, batch.keyId)
      ? keepSealed(uplinkPlaces(directory).keptSealed, { device, ...batch })
      : undefined;
  const validators = createValidators();
  const refusals = createRepetitionFilter();
  const commands = createCommandDesk({
    directory,
    isOnline: validators.isOnline,
    say: (device, command) => answer(device, 'command', command, command.withinS),
    failed: error => tellOnce('commands-not-kept', error),
    now: Date.now,
  });
  const batches = createBatchQueue(storeNow);
  const isAllowed = createAllowances(clock);

  /** Whoever may say anything may not fill the log with it: only who is enrolled is told of one by one. */
  function refuse(device: string, problem: string, isEnrolled = true): void {
    if (refusals.isNews(isEnrolled ? `${device} ${problem}` : problem))
      log.warn('uplink-refused', { device, problem });
  }

  function tellOnce(event: string, error: unknown): void {
    if (refusals.isNews(`${event} ${messageOf(error)}`)) log.error(event, { problem: messageOf(error) });
  }

  function answer<Kind extends DownKind>(
    device: string,
    kind: Kind,
    body: Bodies[Kind],
    lifeS?: number,
  ): void {
    const topic = downTopic(device, kind);
    say(topic, signMessage(signing, topic, writeBody(kind, body)), lifeS);
  }

  async function take({ device, body, id }: Batch): Promise<void> {
    const taken = await takeBatch(device, body, { reader, intake, keepLost });
    if (typeof taken === 'string') {
      refuse(device, taken);
      return;
    }
    const { keptIn } = taken;
    if (keptIn !== undefined && refusals.isNews(keptIn))
      log.warn('uplink-kept-sealed', { device, file: keptIn });
    for (const problem of taken.problems) refuse(device, problem);
    answer(device, 'ack', { answers: id, ...taken.ack });
  }

  async function storeNow(batch: Batch): Promise<void> {
    try {
      await take(batch);
    } catch (error) {
      tellOnce('uplink-not-stored', error);
    }
  }

  function hearRows(batch: Batch): void {
    if (!batches.add(batch)) refuse(batch.device, 'more comes than can be stored', false);
  }

  function hearOf(device: string, kind: 'hello' | 'status' | 'presence', bytes: Buffer, id: string): void {
    const body = readBody(kind, bytes);
    if (body === undefined) {
      refuse(device, `no ${kind}`);
      return;
    }
    const before = validators.statusOf(device);
    const isNews = validators.hear(device, kind, body);
    // A fleet says at every stop how it is: what is wrong is worth a line, and that it is so no more.
    const isUsual = 'terse' in body && before?.terse === body.terse && before.ready === body.ready;
    if (isNews) log[isUsual ? 'debug' : 'info'](`validator-${kind}`, { validator: device, ...body });
    if (kind !== 'hello') return;
    answer(device, 'welcome', { answers: id, feedVersion: feedVersion() });
    if (isNews) commands.greeted(device, id);
  }

  function hearAnswer(device: string, bytes: Buffer): void {
    const body = readBody('answer', bytes);
    if (body === undefined) refuse(device, 'no answer');
    else {
      log.info('validator-answer', { validator: device, id: body.id, outcome: body.outcome });
      commands.answered(device, body);
    }
  }

  return {
    hear(topic, payload) {
      const from = readUpTopic(topic);
      const key = from && enrolled(from.device)?.signingKey;
      if (from === undefined || key === undefined) {
        refuse(from?.device ?? '', from ? 'not enrolled' : 'a topic that is none of ours', false);
        return;
      }
      const { device, kind } = from;
      if (!isAllowed(device)) {
        refuse(device, 'too many messages');
        return;
      }
      const body = openMessage(verifyingKeys.of(key), topic, payload);
      if (body === undefined) refuse(device, `${kind}: too long, or not signed by its validator`);
      else if (kind === 'rows') hearRows({ device, body, id: idOf(payload) });
      else if (kind === 'answer') hearAnswer(device, body);
      else hearOf(device, kind, body, idOf(payload));
    },
    hint: version =>
      say(feedTopic, signMessage(signing, feedTopic, writeBody('feed', { version })), hintLifeS),
    validators: validators.list,
    beginAnew: commands.beginAnew,
    look: commands.look,
    idle: batches.idle,
  };
}

/** Each is read once: to read one takes longer than to verify by it. */
function createVerifyingKeys() {
  const known = new Map<string, ReturnType<typeof verifyingKeyOf>>();
  return {
    /** @param hex Ed25519, 64 digits */
    of(hex: string) {
      const key = known.get(hex) ?? verifyingKeyOf(Buffer.from(hex, 'hex'));
      known.set(hex, key);
      forgetOldest(known, mostKeys);
      return key;
    },
  };
}

const mostKeys = 10_000;
