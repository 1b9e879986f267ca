/** What reads a text that somebody named, and refuses what is not as it should be. */
import { readConfig } from '../../../device/settings/config.ts';
import { readLine, readLinesYaml } from '../../../device/settings/lines-file.ts';
import { readPolicy } from '../../../device/settings/policy-file.ts';
import { readPassengers } from '../../../sim/bus/passengers.ts';
import { readCardImage } from '../../../sim/media/card-image.ts';
import { readScenario } from '../../../sim/scenarios/format/read-scenario.ts';
import { readFleetKeys } from '../../../sync/fleet-keys.ts';

export const textReaders: Record<string, (path: string) => unknown> = {
  settings: readConfig,
  policy: readPolicy,
  lines: readLinesYaml,
  line: path => readLine(path, '2'),
  passengers: readPassengers,
  scenario: readScenario,
  'card image': readCardImage,
  'fleet keys': readFleetKeys,
};
