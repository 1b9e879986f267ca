/** Holds everything that a bus says and does against the oracle and the invariants: each line and command goes to its judge. */
import type { Bus } from '../bus/bus.ts';
import type { LogLine } from '../bus/firmware-process.ts';
import type { PurseNow } from '../bus/purses.ts';
import type { PostName } from '../bus/validator-post.ts';
import { postNames } from '../bus/validator-post.ts';
import type { Action } from './actions.ts';
import { Disagreed, type Disagreement } from './disagreement.ts';
import type { HeardTap } from './heard-tap.ts';
import { createLogWatch } from './log-watch.ts';
import type { Rules } from './oracle-rules.ts';
import { createWorld, type WorldStart } from './oracle-world.ts';
import { faultOfCommand, type Performed } from './perform.ts';
import {
  beginCommand,
  createPostWatch,
  mustAnswer,
  type PostWatch,
  takeFirst,
  wasPresented,
} from './post-watch.ts';
import { type Presentation, presentationOf } from './presentation.ts';
import { mostFen } from './published-fares.ts';
import { createPurseWatch } from './purse-watch.ts';
import { watchScreens } from './screen-watch.ts';
import { createTapJudge } from './tap-judge.ts';
import { tapOf } from './tap-of.ts';

export interface Referee {
  /** What all cards have paid since the beginning, in fen. */
  paidInAll(): number;
  /** Taps by which validators find out what became of purchases that were torn. */
  unsettled(): Action[];
  readonly posts: Readonly<Record<PostName, PostWatch>>;
  hear(post: PostName, line: LogLine): void;
  /** A warning or an error of the back office. */
  hearOffice(line: LogLine): void;
  begin(command: string, now: number): void;
  /** A command has ended. @throws Disagreed */
  end(performed: Performed): Promise<void>;
  /** All commands of an action have ended. @throws Disagreed */
  settle(): void;
}

/** Of one tap when the power goes: what became of the purchase before, the tap, and the end of its own purchase. */
const mostHiddenRows = 3;
/** The back office waits 5 s for the source, and a question asked before the source was mended still fails. */
const sourceLimitMs = 10_000;

export function createReferee(
  bus: Bus,
  start: WorldStart,
  rules: Rules,
  worstLatenessMs: () => number,
): Referee {
  const world = createWorld(start);
  const logWatch = createLogWatch();
  const posts = { front: createPostWatch(), rear: createPostWatch() };
  const linkedSince = () => bothHearSince(posts);
  const judge = createTapJudge({ world, rules, screens: watchScreens(bus), linkedSince, worstLatenessMs });
  const purses = createPurseWatch(start.passengers, bus);
  /** On each card when it was presented. */
  const before = new Map<string, PurseNow>();
  const unsettled = new Set<string>();
  const begun = new Map<string, ReturnType<typeof world.begin>>();
  let found: Disagreement | undefined;

  /** The first counts. */
  function disagree(disagreement: Disagreement | undefined): void {
    found ??= disagreement;
  }

  function stopIfFound(): void {
    if (found !== undefined) throw new Disagreed(found);
  }

  function hearTap(watch: PostWatch, tap: HeardTap): void {
    watch.heard.push(tap);
    if (tap.seq === undefined) return;
    const isPaid = tap.paidFen !== undefined;
    disagree(watch.ledger.enter({ ...tap, seq: tap.seq, isPaid }, watch.mayMiss));
    watch.mayMiss = 0;
  }

  /** What is told of purchases beside the taps. */
  function hearPurchase(watch: PostWatch, { event, row, door }: LogLine): void {
    // The row of what was begun at the other door is written there.
    if (event === 'purchase-settled' && door === undefined) watch.ledger.enterSettled();
    if (event !== 'purchase-torn') return;
    disagree(watch.ledger.enterTorn(Number(row), watch.mayMiss));
    watch.mayMiss = 0;
  }

  /** Whoever has tapped on has it on the card: how much the ride may cost. */
  function faultOfRide({ passenger }: Presentation, tap: HeardTap | undefined): Disagreement | undefined {
    if (tap?.step !== 'on' || tap.paidFen === undefined || tap.isMended) return undefined;
    const wantedFen = isSenior(passenger) ? 0 : mostFen(tap.stop);
    const gotFen = purses.of(passenger)?.ride?.mostFen;
    if (gotFen === wantedFen) return undefined;
    const expected = `a ride open on ${passenger}'s card, ${wantedFen} fen at most`;
    return { kind: 'open ride', expected, got: `${gotFen ?? 'none'}` };
  }

  function isSenior(passenger: string): boolean {
    const listed = world.passengers.get(passenger);
    return listed?.medium === 't-union' && listed.kind === 'senior';
  }

  async function endPresentation(presented: Presentation, performed: Performed): Promise<void> {
    const watch = posts[presented.post];
    const isBlind = presented.reader === 'camera' && watch.wires.isFrozen;
    const tap = isBlind ? undefined : takeFirst(watch.heard, presented.reader);
    const { command, problem = 'none', from, to } = performed;
    const purse = before.get(command);
    if (purse !== undefined) {
      disagree(purses.faultOf(presented.passenger, purse.balanceFen, tap));
      disagree(faultOfRide(presented, tap));
      // Its next tap settles it only if the PSAM works then.
      if (tap?.event !== 'tap') {
        unsettled.add(`tap ${presented.post} ${presented.passenger}`);
        const hasEnded = purse.ride !== null && purses.of(presented.passenger)?.ride === null;
        judge.unsure(presented, hasEnded, performed);
      }
    }
    if (tap !== undefined) disagree(await judge.judge(watch, presented, tap, command));
    else if (watch.wasCut) judge.perhapsTaken(presented, performed);
    else if (mustAnswer(watch, presented, from)) {
      disagree({ kind: 'no-answer', expected: 'an answer', got: problem, command });
    }
    wasPresented(watch, presented, to);
  }

  function endOther(performed: Performed): void {
    const [, post] = performed.command.split(' ');
    const isUp = posts[post === 'rear' ? 'rear' : 'front'].log.isUpSince(performed.from);
    disagree(faultOfCommand(performed, isUp, world));
  }

  return {
    paidInAll: purses.paidInAll,
    unsettled: () => [...unsettled].map(tap => [tap]),
    posts,
    hear(post, line) {
      const watch = posts[post];
      const now = Date.now();
      disagree(logWatch.faultOf(post, line) ?? watch.wires.hear(line, watch.log, now));
      watch.log.hear(line);
      world.sees(watch.log.data.version, now);
      hearPurchase(watch, line);
      const tap = tapOf(post, line, watch.log, watch.ledger.isTorn);
      if (tap !== undefined) hearTap(watch, tap);
    },
    hearOffice(line) {
      const sources = world.source.during(Date.now() - sourceLimitMs, Date.now());
      const isDue = line.event === 'health-source-fails' && sources.some(state => state !== 'ok');
      if (!isDue) disagree({ kind: 'office', expected: 'no such line', got: JSON.stringify(line) });
    },
    begin(command, now) {
      begun.set(command, world.begin(command, now));
      const [name, post, who = ''] = command.split(' ');
      const purse = purses.of(who);
      if (purse !== undefined) before.set(command, purse);
      if (post !== 'front' && post !== 'rear') return;
      beginCommand(posts[post], command, now);
      if (name === 'power') logWatch.cutPower(post);
    },
    async end(performed) {
      const { command, event, to } = performed;
      begun.get(command)?.(typeof event?.version === 'number' ? event.version : undefined, to);
      const presented = presentationOf(command, world.passengers, before.get(command));
      if (presented === undefined) endOther(performed);
      else await endPresentation(presented, performed);
      stopIfFound();
    },
    settle() {
      for (const post of postNames) {
        const watch = posts[post];
        for (const tap of watch.heard.splice(0)) disagree(judge.judgeUnasked(watch, tap));
        disagree(watch.wires.broken(watch.log, Date.now()));
        if (watch.wasCut) watch.mayMiss = mostHiddenRows;
        watch.wasCut = false;
      }
      stopIfFound();
    },
  };
}

/** As the firmware calls it. */
const wayToOther = 'bus-link-1';

/** Each has a way to the other. */
function bothHearSince(posts: Readonly<Record<PostName, PostWatch>>): number {
  const ways = postNames.map(post => posts[post].log.parts.get(wayToOther));
  return Math.max(...ways.map(way => (way?.works ? way.since : Number.POSITIVE_INFINITY)));
}
