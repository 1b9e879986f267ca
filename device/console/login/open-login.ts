/** The console's log-in as the settings have it. */

import type { Log } from '../../kit/log.ts';
import { monotonic } from '../../kit/time.ts';
import type { Config } from '../../settings/config.ts';
import { createLoginGuard, type LoginGuard } from './login-guard.ts';
import { isPin } from './pin-hash.ts';
import { openWrongPins } from './wrong-pins.ts';

/** What a technician reads where everybody may do everything. */
export const openNote = 'no PIN is set (`console.pin`): whoever is at the line may do everything';

/** @returns undefined where no PIN is set */
export function openLogin(
  { console: settings, journal }: Pick<Config, 'console' | 'journal'>,
  log: Log,
): LoginGuard | undefined {
  const hash = settings?.pin;
  if (hash === undefined) return undefined;
  const wrong = openWrongPins(`${journal}-console`, log);
  return createLoginGuard({ isPin: pin => isPin(pin, hash), wrong, monotonic });
}
