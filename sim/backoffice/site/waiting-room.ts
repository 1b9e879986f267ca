/**
 * Where the askers of one address wait: they are let in one after the other, evenly, in the order they came. A script that asks
 * as fast as it can stands in line behind those who came before, and gets no more than its turn.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { refusal } from './answers.ts';

/** Nobody is kept longer: browsers and proxies would give up. */
const longestWaitMs = 8000;
const retryAfterS = 10;

/** @returns waits for one's turn. @throws a refusal (429) where too many wait already */
export function createWaitingRoom(perSecond: number): (address: string) => Promise<void> {
  const spacingMs = 1000 / perSecond;
  const nextTurns = new Map<string, number>();
  return async address => {
    const now = performance.now();
    const turn = Math.max(now, nextTurns.get(address) ?? 0);
    if (turn - now > longestWaitMs) throw refusal(429, retryAfterS);
    const next = turn + spacingMs;
    nextTurns.set(address, next);
    const forget = () => nextTurns.get(address) === next && nextTurns.delete(address);
    setTimeout(forget, next - now).unref();
    if (turn > now) await delay(turn - now);
  };
}
