/** The commands beside `run`: each loads its own composition, so that a start loads none of them. */
import type { Commands } from '../command-line.ts';

const provisioning = () => import('./provisioning.ts');

export const commands: Omit<Commands, 'run'> = {
  unacknowledged: async configFile => (await import('./unacknowledged.ts')).unacknowledged(configFile),
  check: async (...given) => (await import('./check.ts')).check(...given),
  provision: async (...given) => (await provisioning()).provisionFrom(...given),
  init: async (...given) => (await provisioning()).initFrom(...given),
  request: async (...given) => (await provisioning()).requestBundle(...given),
};
