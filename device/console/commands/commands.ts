/** The command table: everything a technician can type. */
import type { Command } from '../command.ts';
import { alarm } from './alarm.ts';
import { cache } from './cache.ts';
import { cameraCommand } from './camera.ts';
import { clock } from './clock.ts';
import { config } from './config.ts';
import { confirm } from './confirm.ts';
import { counters } from './counters.ts';
import { denied } from './denied.ts';
import { diagnostics } from './diagnostics.ts';
import { door } from './door.ts';
import { explain } from './explain.ts';
import { factoryReset } from './factory-reset.ts';
import { feed, sync } from './feed.ts';
import { gnss } from './gnss.ts';
import { createHelp } from './help.ts';
import { journal } from './journal.ts';
import { line } from './line.ts';
import { log } from './log.ts';
import { login, logout } from './login.ts';
import { network } from './network.ts';
import { restart, shutdown } from './power.ts';
import { reader } from './reader.ts';
import { readers } from './readers.ts';
import { scanner } from './scanner.ts';
import { selftest } from './selftest.ts';
import { lang, page, script } from './session.ts';
import { status } from './status.ts';
import { stop } from './stop.ts';
import { taps } from './taps.ts';
import { trace } from './trace.ts';
import { receive, send } from './transfer.ts';
import { display, light, tone, voice } from './trial.ts';
import { uplink } from './uplink.ts';
import { version } from './version.ts';

const help = createHelp(() => commands);

export const commands: readonly Command[] = [
  ...[help, status, alarm, version, config],
  ...[line, stop, door, gnss, clock],
  ...[readers, reader, cameraCommand, scanner, display, light, tone, voice],
  ...[network, feed, sync, cache, denied, uplink, journal, taps],
  ...[explain, confirm, trace, selftest, counters, log, diagnostics],
  ...[restart, shutdown, factoryReset],
  ...[login, logout, lang, page, script, send, receive],
];
