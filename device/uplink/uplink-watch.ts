/** Watches the uplink: gives it the journal's rows and how this validator is, and tells log, console and the part `uplink` how that goes. */
import { dataProblem } from '../core/data-age.ts';
import type { OfficeCommand } from '../core/office-commands.ts';
import type { Policy } from '../core/policy.ts';
import { serviceOf } from '../core/service-screen.ts';
import type {
  LinkStore,
  UplinkClient,
  UplinkClientEvents,
  UplinkFacts,
  UplinkProgress,
} from '../data-ports.ts';
import type { Journal } from '../journal/journal.ts';
import { hideUserinfo } from '../kit/address.ts';
import { DeviceError, type DeviceErrorKind, messageOf } from '../kit/errors.ts';
import type { Log } from '../kit/log.ts';
import { createRepetitionFilter } from '../kit/repetition-filter.ts';
import { type Clock, everySecond, monotonic } from '../kit/time.ts';
import type { Parts } from '../parts.ts';
import type { Whereabouts } from '../time-and-place/whereabouts.ts';

export interface UplinkState {
  /** Undefined until the client has started. */
  readonly progress: UplinkProgress | undefined;
  /** Of the journal; undefined while it cannot be used. */
  readonly lastSeq: number | undefined;
  /** When the back office was heard last, on the monotonic clock. */
  readonly answeredAt: number | undefined;
  /** Why it has not been heard since then, and since when, on the monotonic clock. */
  readonly problem: { readonly text: string; readonly since: number } | undefined;
}

export interface WatchedUplink {
  state(): UplinkState;
  close(): Promise<void>;
}

export interface UplinkWatchParts {
  readonly parts: Pick<Parts, 'add' | 'list'>;
  readonly log: Log;
  /** For ages: the monotonic clock unless given. */
  readonly age?: Clock;
  /** While it takes rows. */
  readonly journal: {
    current(): Pick<Journal, 'epoch' | 'lastSeq' | 'rowsAfter' | 'acknowledge'> | undefined;
  };
  readonly links: Pick<LinkStore, 'describe'>;
  readonly policy: () => Policy;
  readonly clock: Clock;
  readonly whereabouts: Pick<Whereabouts, 'stop' | 'way'>;
  /** Asks the feed at once. */
  readonly syncNow: () => void;
  /** Does what the back office asks. @returns what came of it. @throws Error for what cannot be done here */
  readonly obey: (command: OfficeCommand) => Promise<string>;
}

/** An outage this short, as in a tunnel, is no fault. */
const outageLimitMs = 5 * 60_000;
const ofTheNetwork: readonly DeviceErrorKind[] = ['disconnected', 'timeout'];
const mostCharacters = 500;

/**
 * The part begins as ready: a start does not wait until the network shows whether the back office answers.
 * @param start starts the client
 */
export function watchUplink(
  { parts, log, age = monotonic, journal, links, syncNow, obey, ...known }: UplinkWatchParts,
  start: (events: UplinkClientEvents) => UplinkClient,
): WatchedUplink {
  const part = parts.add('uplink', 'uplink');
  let goodAt = age();
  let answeredAt: number | undefined;
  let progress: UplinkProgress | undefined;
  let refusedBefore: number | undefined;
  let failure: { readonly problem: DeviceError; readonly since: number } | undefined;
  let wanted: { readonly seq: number; readonly limit: number } | undefined;
  const problems = createRepetitionFilter(age);

  function tell(): void {
    const refused = (progress?.refused.rows ?? 0) - (refusedBefore ?? 0);
    const isPatient =
      failure !== undefined && ofTheNetwork.includes(failure.problem.kind) && age() - goodAt < outageLimitMs;
    if (failure !== undefined && !isPatient) part.fault(failure.problem);
    else if (refused > 0) {
      const rows = `${refused} rows, the last is ${progress?.refused.last}`;
      part.fault(new DeviceError('protocol', 'uplink', `the back office does not take ${rows}`));
    } else if (failure === undefined) part.ready();
  }

  function fail({ kind, device, message, cause }: DeviceError): void {
    const problem = new DeviceError(kind, device, hideUserinfo(message.slice(0, mostCharacters)), cause);
    if (problems.isNews(`${kind} ${problem.message}`))
      log.warn('uplink-failed', { problem: problem.message, kind });
    failure = { problem, since: failure?.since ?? age() };
    tell();
  }

  /** What cannot be read now is asked for again a second later; the journal tells its faults itself. */
  function giveRows(): void {
    if (wanted === undefined) return;
    try {
      const rows = journal.current()?.rowsAfter(wanted.seq, wanted.limit) ?? [];
      if (rows.length === 0) return;
      wanted = undefined;
      client.give(rows);
    } catch {}
  }

  function facts({ epoch, lastSeq }: Pick<Journal, 'epoch' | 'lastSeq'>): UplinkFacts {
    const state = links.describe();
    const broken = parts.list().filter(({ kind, working }) => kind !== 'uplink' && !working);
    const faults = broken.map(({ kind, name }) => `${kind} ${name}`);
    return {
      epoch,
      lastSeq,
      ready: serviceOf(parts.list()) === 'full',
      terse: broken.map(({ kind, name, alarm }) => `${alarm} ${kind} ${name}`).join(', '),
      faults,
      verbose: hideUserinfo(
        broken.map(({ kind, name, alarm, problem }) => `${alarm} ${kind} ${name}: ${problem}`).join('\n'),
      ),
      feedVersion: state.usable ? state.version : null,
      statusAsOf: state.usable ? state.statusAsOf : null,
      linksAsOf: state.usable ? state.linksAsOf : null,
      dataProblem: state.usable ? (dataProblem(state, known.policy(), known.clock()) ?? null) : 'no-data',
      stop: known.whereabouts.stop()?.id ?? null,
      doors: known.whereabouts.way().doors ?? null,
    };
  }

  function look(): void {
    const current = journal.current();
    if (current !== undefined) client.tell(facts(current));
    giveRows();
    tell();
  }

  const client = start({
    wanted(seq, limit) {
      wanted = { seq, limit };
      giveRows();
    },
    progress(now) {
      refusedBefore ??= now.refused.rows;
      progress = now;
      journal.current()?.acknowledge(now.acknowledged, now.refused.newest);
      tell();
    },
    answered() {
      if (answeredAt === undefined || failure !== undefined) log.info('uplink-answered');
      goodAt = age();
      answeredAt = goodAt;
      failure = undefined;
      problems.forget();
      tell();
    },
    failed: fail,
    feedVersion(version) {
      const state = links.describe();
      if (!state.usable || state.version < version) syncNow();
    },
    command(id, name) {
      log.info('office-command', { command: name });
      void obey(name)
        .then(
          text => ({ outcome: 'done' as const, text }),
          (error: unknown) => ({ outcome: 'failed' as const, text: messageOf(error) }),
        )
        .then(outcome => client.answer(id, outcome));
    },
    fault(error) {
      wanted = undefined;
      fail(error);
    },
  });
  part.ready();
  const stopLooking = everySecond(look);
  return {
    state: () => ({
      progress,
      lastSeq: journal.current()?.lastSeq,
      answeredAt,
      problem: failure && { text: failure.problem.message, since: failure.since },
    }),
    close() {
      stopLooking();
      return client.close();
    },
  };
}
