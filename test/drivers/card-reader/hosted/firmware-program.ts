/** Hosts a reader and nothing else, for being killed outright. Arguments: the program, its settings as JSON. */
import { createHostedReader } from '../../../../drivers/card-reader/hosted/hosted.ts';

const [program = '', settings = '{}'] = process.argv.slice(2);
createHostedReader({
  name: 'card',
  apduTimeoutMs: 1000,
  heartbeatTimeoutMs: 60_000,
  program: new URL(program),
  settings: JSON.parse(settings),
}).open({
  ready: () => process.stdout.write('ready\n'),
  fault: () => {},
  inserted: () => {},
  removed: () => {},
});
