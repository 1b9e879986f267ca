/** Who watches over the process, where somebody does: systemd. */
import type { Log } from '../kit/log.ts';
import type { Closer } from '../kit/process.ts';
import type { Parts } from '../parts.ts';
import type { Validator } from '../validator.ts';

/** @returns undefined where nobody watches: then nothing is loaded */
export async function loadSupervisor(environment: NodeJS.ProcessEnv, log: Log) {
  if (environment.NOTIFY_SOCKET === undefined) return undefined;
  const [{ openSystemd }, { superviseBy }] = await Promise.all([
    import('../liveness/systemd.ts'),
    import('../liveness/supervised.ts'),
  ]);
  const systemd = openSystemd(environment, log);
  return {
    watch(validator: Validator, parts: Parts, closers: Closer[]): void {
      if (systemd !== undefined) void superviseBy(systemd, validator, parts, log, closers);
    },
  };
}
