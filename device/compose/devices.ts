/** The drivers, opened: what each tells goes to its part and to whom it concerns. */
import { createTerminalLine } from '../../drivers/terminal-line.ts';
import type { ConsoleContext } from '../console/context.ts';
import { openNote } from '../console/login/open-login.ts';
import { startSession } from '../console/session.ts';
import type { VoicePolicy } from '../core/prompt-table.ts';
import { promptsOf } from '../core/voice.ts';
import type { Log } from '../kit/log.ts';
import { type Closer, closeTogether } from '../kit/process.ts';
import { type Clock, everySecond } from '../kit/time.ts';
import type { Parts } from '../parts.ts';
import { type Cashier, createCashier } from '../payment/cashier.ts';
import { openPsamSlot } from '../payment/psam-slot.ts';
import type { Config } from '../settings/config.ts';
import type { CrewDesk } from '../tap/crew-desk.ts';
import type { NoticeBoard } from '../tap/notice-board.ts';
import { traced } from '../trace/traced-reader.ts';
import type { Validator } from '../validator.ts';
import type { Drivers } from './drivers.ts';
import type { Stores } from './stores.ts';

/** What the devices are opened with. */
export interface Run {
  readonly config: Config;
  readonly drivers: Drivers;
  readonly parts: Parts;
  readonly log: Log;
  readonly closers: Closer[];
}

export function openCashier(
  { config, drivers, parts, log, closers }: Run,
  { journal, policy }: Pick<Stores, 'journal' | 'policy'>,
  clock: Clock,
): Cashier | undefined {
  if (drivers.psam === undefined || config.psam === undefined) return undefined;
  const { name, keyIndex } = config.psam;
  const psam = openPsamSlot(traced(drivers.psam), keyIndex, parts.add('psam', name));
  closers.push(psam.close);
  return createCashier({ psam, journal, clock, repeatWindowS: () => policy().repeatWindowS, log });
}

export function openDisplays(
  { drivers: { displays }, parts, closers }: Run,
  board: NoticeBoard,
  crew: Pick<CrewDesk, 'press'>,
): void {
  const touched = () => crew.press('touch');
  for (const display of displays) display.open({ ...parts.add('display', display.name), touched });
  closers.push(closeTogether(displays), board.close);
}

export function openCrewKeys(
  { drivers: { crewKeys }, parts, closers }: Run,
  crew: Pick<CrewDesk, 'press'>,
): void {
  const pressed = () => crew.press('key');
  for (const key of crewKeys) key.open({ ...parts.add('crew-key', key.name), pressed });
  closers.push(closeTogether(crewKeys));
}

/** Another policy may need other prompts. */
export function openSpeakers({ drivers: { speakers }, parts, closers }: Run, voice: () => VoicePolicy): void {
  if (speakers.length === 0) return;
  let prepared: VoicePolicy | undefined;
  const prepare = () => {
    if (prepared === voice()) return;
    prepared = voice();
    for (const speaker of speakers) speaker.prepare(promptsOf(prepared, speaker.audience));
  };
  prepare();
  for (const speaker of speakers) speaker.open(parts.add('speaker', speaker.name));
  closers.push(everySecond(prepare), closeTogether(speakers));
}

export function openReaders(
  { config, drivers: { cardReaders, codeReaders }, parts, log, closers }: Run,
  validator: Validator,
): void {
  for (const reader of cardReaders) {
    const needs = config.psam === undefined ? undefined : 'psam';
    traced(reader).open(validator.cardEvents(reader.name, parts.add('card-reader', reader.name, needs)));
  }
  codeReaders.open({
    reader: (name, needs) => validator.codeEvents(name, parts.add('code-reader', name, needs)),
    decoder: () => parts.add('decoder', config.decoder),
    fallback: why => log.warn('decoder-fallback', { why }),
  });
  closers.push(closeTogether([...cardReaders, codeReaders]));
}

export function openConsole(about: ConsoleContext, closers: Closer[]): void {
  const { config, parts } = about;
  if (config.console === undefined) return;
  const { path, baudRate, frame, flowControl } = config.console;
  const terminal = createTerminalLine({ name: 'console', path, baudRate, frame, flowControl });
  const part = parts.add('console', 'console');
  if (about.login === undefined) part.note?.(openNote);
  const context = { ...about, flooded: () => part.flooded?.() };
  terminal.open({ ...part, session: wire => startSession(wire, context) });
  closers.push(terminal.close);
}
