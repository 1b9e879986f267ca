/**
 * The clock of a simulated machine: loaded before the firmware (`--import`, in its workers and child processes too), it moves
 * all of Node's clocks as its own address says. `?offsetMs=` is this machine's error, and moves the wall clock alone. `?file=` is
 * the time that all machines of a bus share (`shared-time.ts`); it is read at each look, so that all threads and processes see it
 * move at the same moment. Timers run on as they do.
 */
import { openSharedTime } from './shared-time.ts';

const { searchParams } = new URL(import.meta.url);
const offsetMs = Number(searchParams.get('offsetMs') ?? 0);
const file = searchParams.get('file');
const shared = file === null ? undefined : openSharedTime(file);

const RealDate = Date;
const now = () => RealDate.now() + offsetMs + (shared?.read().aheadMs ?? 0);

globalThis.Date = new Proxy(RealDate, {
  construct: (target, given, called) =>
    Reflect.construct(target, given.length === 0 ? [now()] : given, called),
  apply: () => new RealDate(now()).toString(),
  get: (target, name) => (name === 'now' ? now : Reflect.get(target, name)),
});
RealDate.prototype.constructor = Date;

if (shared !== undefined) {
  const sinceStart = performance.now.bind(performance);
  Object.defineProperty(performance, 'now', { value: () => sinceStart() + shared.read().lapsedMs });
}
