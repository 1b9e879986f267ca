/**
 * Which of a device's rows have come, as runs of numbers without a gap, with the times at their ends. What is inside a run is
 * complete: nothing can come late between its two ends. Numbers that are lost on the bus part two runs for ever.
 */
export interface Run {
  readonly firstSeq: number;
  readonly lastSeq: number;
  /** Unix milliseconds: the time of the run's first row that can be believed; infinite where none can. */
  readonly firstAt: number;
  /** Of its last; 0 where none can. */
  readonly lastAt: number;
}

export interface Runs {
  add(seq: number, at: number): void;
  readonly all: readonly Run[];
}

/** @param known in the order of seq, with gaps between them. @param believedUntil a row dated later has a wrong clock's time */
export function createRuns(known: readonly Run[], believedUntil: number): Runs {
  const runs = [...known];
  return {
    all: runs,
    add(seq, at) {
      const isBelieved = at <= believedUntil;
      const added: Run = {
        firstSeq: seq,
        lastSeq: seq,
        firstAt: isBelieved ? at : Number.MAX_SAFE_INTEGER,
        lastAt: isBelieved ? at : 0,
      };
      const next = indexAfter(runs, seq);
      const [before, after] = [runs[next - 1], runs[next]];
      if (before !== undefined && seq <= before.lastSeq) return;
      const joinsBefore = before?.lastSeq === seq - 1 ? before : undefined;
      const joinsAfter = after?.firstSeq === seq + 1 ? after : undefined;
      const joined = [joinsBefore, added, joinsAfter].filter(run => run !== undefined).reduce(join);
      const from = next - (joinsBefore === undefined ? 0 : 1);
      runs.splice(from, (joinsBefore === undefined ? 0 : 1) + (joinsAfter === undefined ? 0 : 1), joined);
    },
  };
}

/** By their numbers, not by their times: a clock that was set back makes nothing complete. */
function join(before: Run, after: Run): Run {
  return {
    firstSeq: before.firstSeq,
    lastSeq: after.lastSeq,
    firstAt: before.firstAt === Number.MAX_SAFE_INTEGER ? after.firstAt : before.firstAt,
    lastAt: after.lastAt === 0 ? before.lastAt : after.lastAt,
  };
}

/** @returns where a run that begins after `seq` stands, or would stand */
function indexAfter(runs: readonly Run[], seq: number): number {
  let [low, high] = [0, runs.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((runs[middle]?.firstSeq ?? 0) <= seq) low = middle + 1;
    else high = middle;
  }
  return low;
}
