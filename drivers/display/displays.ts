/** All displays of one validator, each by its driver, which is loaded only where the settings name it. */
import type { Display } from '../../device/ports.ts';
import type { NextionDisplayOptions } from './nextion/nextion.ts';
import type { TerminalDisplayOptions } from './terminal.ts';

export type DisplaySettings =
  | (TerminalDisplayOptions & { readonly driver: 'terminal' })
  | (NextionDisplayOptions & { readonly driver: 'nextion' });

/** @throws DeviceError config for a path that cannot be used */
export async function createDisplay(settings: DisplaySettings): Promise<Display> {
  switch (settings.driver) {
    case 'nextion':
      return (await import('./nextion/nextion.ts')).createNextionDisplay(settings);
    case 'terminal':
      return (await import('./terminal.ts')).createTerminalDisplay(settings);
  }
}
