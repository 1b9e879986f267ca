/** The validator as a service that its supervisor watches over: ready, alive, stopping. */
import type { Log } from '../kit/log.ts';
import type { Closer } from '../kit/process.ts';
import { withinTime } from '../kit/time.ts';
import type { Parts } from '../parts.ts';
import type { Validator } from '../validator.ts';
import { watchLiveness } from './liveness.ts';
import type { Systemd } from './systemd.ts';

/** A part that says nothing as it is opened keeps nobody from boarding. */
const settlingMs = 30_000;
/** So many rehearsals fit into the time after which the supervisor ends the service. */
const perWatchdog = 6;

/** @param closers the first to be closed comes last */
export async function superviseBy(
  systemd: Systemd,
  validator: Pick<Validator, 'rehearse'>,
  parts: Pick<Parts, 'settled'>,
  log: Log,
  closers: Closer[],
): Promise<void> {
  let isStopping = false;
  let stop = () => {};
  closers.push(() => {
    isStopping = true;
    stop();
    systemd.stopping();
  });
  await withinTime(parts.settled(), settlingMs, () => undefined);
  if (isStopping) return;
  systemd.ready();
  const { watchdogMs } = systemd;
  if (watchdogMs === undefined) return;
  const everyMs = watchdogMs / perWatchdog;
  stop = watchLiveness({ rehearse: validator.rehearse, everyMs, alive: systemd.alive, log });
}
