/** Holds everything a bus says and does against the oracle and the invariants. */
import { type Bus, postNames } from '../bus/bus.ts';
import type { LogLine } from '../bus/firmware-process.ts';
import type { PostName } from '../bus/validator-post.ts';
import { Disagreed, type Disagreement } from './disagreement.ts';
import { createLogWatch } from './log-watch.ts';
import type { LoopLateness } from './loop-lateness.ts';
import { createOracle, type HeardTap } from './oracle.ts';
import type { Rules } from './oracle-rules.ts';
import { faultOfScreen } from './oracle-screens.ts';
import { createWorld, type WorldStart } from './oracle-world.ts';
import type { Performed } from './perform.ts';
import { createPostWatch, mustAnswer, type PostWatch, takeFirst, wasPresented } from './post-watch.ts';
import { type Presentation, presentationOf } from './presentation.ts';
import { createRideMemory } from './ride-memory.ts';
import { watchScreens } from './screen-watch.ts';
import { expectationOf, isSame, tapOf } from './tap-of.ts';

export interface Referee {
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

/** Of the 300 ms in which a card must answer; the machine has other things to do as well. */
const lateAnswerMs = 100;
/** The back office waits 5 s for the source, and what was asked before it was mended still fails. */
const sourceLimitMs = 10_000;
/** What was not answered at once may be answered yet. */
const lateTapMs = 10_000;
/** What is published is with a validator by then, unless the network was away. */
const takeUpLimitMs = 20_000;

export function createReferee(
  bus: Bus,
  start: WorldStart,
  rules: Rules,
  lateness: Pick<LoopLateness, 'worstMs'>,
): Referee {
  const world = createWorld(start);
  const rides = createRideMemory();
  const oracle = createOracle({ world, rides, rules });
  const logWatch = createLogWatch();
  const screens = watchScreens(bus);
  const posts = { front: createPostWatch(), rear: createPostWatch() };
  const begun = new Map<string, ReturnType<typeof world.begin>>();
  let found: Disagreement | undefined;

  function disagree(disagreement: Disagreement | undefined): void {
    found ??= disagreement;
  }

  function stopIfFound(): void {
    if (found !== undefined) throw new Disagreed(found);
  }

  function hearTap(watch: PostWatch, tap: HeardTap): void {
    watch.heard.push(tap);
    if (tap.seq === undefined) return;
    disagree(watch.ledger.enter({ ...tap, seq: tap.seq }, watch.mayMiss));
    watch.mayMiss = 0;
  }

  async function judge(presented: Presentation, tap: HeardTap, command: string): Promise<void> {
    const { log } = posts[tap.post];
    if (isOutdated(tap)) {
      const got = JSON.stringify(tap.data);
      return disagree({
        kind: 'feed',
        expected: `version ${world.published.version}, as published`,
        got,
        command,
      });
    }
    const due = oracle.predict(presented, tap);
    const predictions = [...due, ...perhapsLate(presented).flatMap(each => oracle.predict(each, tap))];
    const right = predictions.find(prediction => isSame(prediction, tap));
    const expect = expectationOf(right === undefined ? due : [right]);
    const about = { command, ...(expect !== undefined && { expect }) };
    if (right === undefined) {
      const expected = predictions.map(prediction => JSON.stringify(prediction)).join(' or ');
      return disagree({ kind: `verdict ${tap.verdict}`, expected, got: JSON.stringify(tap), ...about });
    }
    if (tap.fareTaken) rides.take(presented, tap);
    const { outcome, phase } = right;
    const problem = await screens.look(tap, log, (shot, audience) =>
      faultOfScreen(shot, audience, outcome, phase, presented.presented),
    );
    if (problem !== undefined) {
      disagree({ kind: 'screen', expected: JSON.stringify(right), got: problem, ...about });
    }
  }

  /** Played too late, a card is as one that does not answer, or has been taken away before it was read. */
  function perhapsLate(presented: Presentation): Presentation[] {
    if (presented.reader !== 'card' || lateness.worstMs() < lateAnswerMs) return [];
    return [
      { ...presented, medium: { is: 'refused', reason: 'unreadable' } },
      { ...presented, medium: { is: 'lost' } },
    ];
  }

  /** The network has been there all along, and yet the data is older than what was published long ago. */
  function isOutdated({ post, data, to }: HeardTap): boolean {
    const limit = to - takeUpLimitMs;
    const { published, network } = world;
    const upSince = posts[post].log.upSince ?? to;
    if (Math.max(upSince, published.at, network.changedAt) > limit || network.latest === 'off') return false;
    return data.holds === 'none' || data.version < published.version;
  }

  function endOther(performed: Performed): void {
    const { command, event, problem, from } = performed;
    const [name, post] = command.split(' ');
    const isUp = posts[post === 'rear' ? 'rear' : 'front'].log.isUpSince(from);
    const isOfValidator = name === 'console' || name === 'bytes';
    if (name === 'console' && isUp && !event?.text) {
      disagree({ kind: 'console', expected: 'an answer', got: problem ?? 'nothing', command });
    } else if (problem !== undefined && (isOfValidator ? isUp : !isRefusalDue(performed))) {
      disagree({ kind: 'command', expected: 'it can be carried out', got: problem, command });
    }
  }

  /** What the site may say instead: that it is not open yet, or that there is nothing to take back. */
  function isRefusalDue({ command, from, problem = '' }: Performed): boolean {
    const [name, who = ''] = command.split(' ');
    if (name !== 'register' && name !== 'withdraw') return false;
    if (world.phase.latest === 'before') return problem === 'the site: 503 服务尚未开放';
    const before = world.healthOf(who)?.during(from - 1, from - 1) ?? [];
    return name === 'withdraw' && before.includes('none') && /^the site: (?!5\d\d)/.test(problem);
  }

  /** Taps that belong to no command: late answers, and what hostile bytes were taken for. */
  function settleRest(watch: PostWatch): void {
    for (const tap of watch.heard.splice(0)) {
      const isRefused = tap.verdict === 'invalid' && !tap.fareTaken;
      if (watch.isHostile && tap.reader === 'scanner' && isRefused) continue;
      const last = lastOf(watch, tap);
      const isLate =
        last !== undefined && oracle.predict(last, tap).some(prediction => isSame(prediction, tap));
      if (!isLate && !isOld(watch, tap)) {
        disagree({ kind: 'nobody', expected: 'no tap', got: JSON.stringify(tap) });
      } else if (tap.fareTaken && last !== undefined) rides.take(last, tap);
    }
  }

  /** A frozen picture may have a code in it, which a validator that starts reads as anybody's. */
  function lastOf(
    { last, wires, frozenWith }: PostWatch,
    { reader, to }: HeardTap,
  ): Presentation | undefined {
    if (reader === 'camera' && wires.isFrozen) return frozenWith;
    const latest = last.get(reader);
    return latest !== undefined && to - latest.at < lateTapMs ? latest.presented : undefined;
  }

  function isOld({ wires }: PostWatch, { reader, why }: HeardTap): boolean {
    return reader === 'camera' && wires.isFrozen && (why === 'expired' || why === 'used');
  }

  return {
    posts,
    hear(post, line) {
      const watch = posts[post];
      const now = Date.now();
      disagree(logWatch.look(post, line) ?? watch.wires.hear(line, watch.log, now));
      watch.log.hear(line);
      world.sees(watch.log.data.version, now);
      const tap = tapOf(post, line, watch.log);
      if (tap !== undefined) hearTap(watch, tap);
    },
    hearOffice(line) {
      const sources = world.source.during(Date.now() - sourceLimitMs, Date.now());
      const isDue = line.event === 'health-source-fails' && sources.some(state => state !== 'ok');
      if (!isDue) disagree({ kind: 'office', expected: 'no such line', got: JSON.stringify(line) });
    },
    begin(command, now) {
      begun.set(command, world.begin(command, now));
      const [name, post] = command.split(' ');
      if (post !== 'front' && post !== 'rear') return;
      const watch = posts[post];
      if (name === 'freeze' && !watch.wires.isFrozen) watch.frozenWith = watch.last.get('camera')?.presented;
      watch.wires.begin(command, now);
      if (name === 'bytes') watch.isHostile = true;
      if (name !== 'power') return;
      logWatch.cutPower(post);
      watch.log.cutPower();
      watch.wasCut = true;
    },
    async end(performed) {
      const { command, event } = performed;
      begun.get(command)?.(typeof event?.version === 'number' ? event.version : undefined, performed.to);
      const presented = presentationOf(command, world.passengers);
      if (presented === undefined) endOther(performed);
      else {
        const watch = posts[presented.post];
        const isBlind = presented.reader === 'camera' && watch.wires.isFrozen;
        const tap = isBlind ? undefined : takeFirst(watch.heard, presented.reader);
        if (tap !== undefined) await judge(presented, tap, command);
        else if (watch.wasCut) rides.perhapsTake(presented, performed);
        else if (mustAnswer(watch, presented, performed.from)) {
          const got = performed.problem ?? 'none';
          disagree({ kind: 'no-answer', expected: 'an answer', got, command });
        }
        wasPresented(watch, presented, performed.to);
      }
      stopIfFound();
    },
    settle() {
      for (const post of postNames) {
        const watch = posts[post];
        settleRest(watch);
        disagree(watch.wires.broken(watch.log, Date.now()));
        if (watch.wasCut) watch.mayMiss = 1;
        watch.wasCut = false;
      }
      stopIfFound();
    },
  };
}
