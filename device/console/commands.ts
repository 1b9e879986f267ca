/** The command table: everything a technician can type. */
import { clock } from './clock.ts';
import { confirm } from './confirm.ts';
import type { Command } from './context.ts';
import { explain } from './explain.ts';
import { feed, sync } from './feed.ts';
import { columns } from './format.ts';
import { gnss } from './gnss.ts';
import { cache, config, journal, readers, version } from './reports.ts';
import { status } from './status.ts';
import { stop } from './stop.ts';
import { uplink } from './uplink.ts';

const help: Command = {
  name: 'help',
  usage: '',
  help: 'this list',
  run: () => columns(commands.map(command => [`${command.name} ${command.usage}`.trim(), command.help])),
};

export const commands: readonly Command[] = [
  help,
  status,
  version,
  config,
  readers,
  clock,
  cache,
  feed,
  sync,
  uplink,
  gnss,
  stop,
  journal,
  explain,
  confirm,
];
