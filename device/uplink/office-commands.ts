/** What the back office may have a validator do: sync, say how it is, start anew. */
import { answer, textOf } from '../console/answer.ts';
import type { Dialogue } from '../console/command.ts';
import { commands } from '../console/commands/commands.ts';
import type { ConsoleContext } from '../console/context.ts';
import type { OfficeCommand } from '../core/office-commands.ts';
import { hideUserinfo } from '../kit/address.ts';

/** None of them tells of a passenger: neither rows nor tokens. */
const reports = ['status', 'version', 'feed', 'cache', 'uplink', 'clock', 'readers'];

/**
 * @param context what the console's commands look at, to be asked each time
 * @param restart ends the process in order, so that it is started again
 */
export function createOfficeCommands(context: () => ConsoleContext, restart: () => void) {
  return async (command: OfficeCommand): Promise<string> => {
    if (command === 'sync-now') return syncNow(context());
    if (command === 'diagnostics') return diagnose(context());
    // The answer is on its way first.
    setImmediate(restart);
    return 'starts anew';
  };
}

function syncNow({ feed: followed }: ConsoleContext): string {
  if (followed === undefined) throw new Error('no feed is configured');
  followed.syncNow();
  return 'the feed is asked';
}

async function diagnose(context: ConsoleContext): Promise<string> {
  const said: string[] = [];
  const { signal } = new AbortController();
  const nobody: Dialogue = { say() {}, ask: async () => undefined };
  for (const name of reports) {
    const answered = await answer(name, commands, context, nobody, signal);
    said.push(`== ${name}`, textOf(answered, 'en'));
  }
  return hideUserinfo(said.join('\n'));
}
