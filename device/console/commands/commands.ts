/** The command table: everything a technician can type. */
import type { Command } from '../command.ts';
import { cache } from './cache.ts';
import { clock } from './clock.ts';
import { config } from './config.ts';
import { confirm } from './confirm.ts';
import { explain } from './explain.ts';
import { feed, sync } from './feed.ts';
import { gnss } from './gnss.ts';
import { createHelp } from './help.ts';
import { journal } from './journal.ts';
import { login, logout } from './login.ts';
import { readers } from './readers.ts';
import { lang, page, script } from './session.ts';
import { status } from './status.ts';
import { stop } from './stop.ts';
import { trace } from './trace.ts';
import { uplink } from './uplink.ts';
import { version } from './version.ts';

const help = createHelp(() => commands);

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
  trace,
  confirm,
  login,
  logout,
  lang,
  page,
  script,
];
