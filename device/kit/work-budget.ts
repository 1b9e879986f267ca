/** How much of something may be done: some at once, and then so much a second. */

export interface WorkBudget {
  /** @returns whether there is room for it; if not, nothing is taken */
  take(work?: number): boolean;
  /** Milliseconds until there is room for it. */
  waitMs(work?: number): number;
}

/** @param burst what may be done at once; it is there again after `burst / perS` seconds */
export function createWorkBudget(burst: number, perS: number): WorkBudget {
  let room = burst;
  let countedAt = performance.now();

  function count(): void {
    const now = performance.now();
    room = Math.min(burst, room + ((now - countedAt) * perS) / 1000);
    countedAt = now;
  }

  return {
    take(work = 1) {
      count();
      if (room < work) return false;
      room -= work;
      return true;
    },
    waitMs(work = 1) {
      count();
      return Math.max(0, Math.ceil(((work - room) * 1000) / perS));
    },
  };
}
