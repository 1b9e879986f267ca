/** All displays of one validator, each by its driver. */
import type { Display } from '../../device/ports.ts';
import { createPanelDisplay, type PanelDisplayOptions } from './panel/panel.ts';
import { createTerminalDisplay, type TerminalDisplayOptions } from './terminal.ts';

export type DisplaySettings =
  | (TerminalDisplayOptions & { readonly driver: 'terminal' })
  | (PanelDisplayOptions & { readonly driver: 'panel' });

/** @throws DeviceError config for a path that cannot be used */
export function createDisplay(settings: DisplaySettings): Display {
  return settings.driver === 'panel' ? createPanelDisplay(settings) : createTerminalDisplay(settings);
}
