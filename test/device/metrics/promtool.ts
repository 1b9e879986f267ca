/** Prometheus's own checker of metrics and rules. */
import { isProgram } from '../../../drivers/wire/program.ts';
import type { Requirement } from '../../left-out.ts';

export const promtool: Requirement = {
  what: 'promtool',
  packages: ['prometheus'],
  met: () => isProgram('promtool'),
};
