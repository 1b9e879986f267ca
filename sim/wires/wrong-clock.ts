/**
 * A machine whose clock is wrong: loaded before the firmware (`--import`, in its workers and child processes too), it moves
 * all of Node's wall clock by `?offsetMs=` of its own address. The monotonic clock (`performance.now()`, timers) goes on
 * as it does, as on a real machine.
 */

const offsetMs = Number(new URL(import.meta.url).searchParams.get('offsetMs'));
const RealDate = Date;
const now = () => RealDate.now() + offsetMs;

globalThis.Date = new Proxy(RealDate, {
  construct: (target, given, called) =>
    Reflect.construct(target, given.length === 0 ? [now()] : given, called),
  apply: () => new RealDate(now()).toString(),
  get: (target, name) => (name === 'now' ? now : Reflect.get(target, name)),
});
RealDate.prototype.constructor = Date;
