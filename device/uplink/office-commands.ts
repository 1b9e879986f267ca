/** What the back office may have a validator do: sync, say how it is, start anew. */
import { clock as clockReport } from '../console/clock.ts';
import type { ConsoleContext } from '../console/context.ts';
import { feed } from '../console/feed.ts';
import { cache, readers, version } from '../console/reports.ts';
import { status } from '../console/status.ts';
import { uplink } from '../console/uplink.ts';
import type { OfficeCommand } from '../core/office-commands.ts';
import { hideUserinfo } from '../kit/address.ts';

/** None of them tells of a passenger: neither rows nor tokens. */
const reports = [status, version, feed, cache, uplink, clockReport, readers];

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
  for (const { name, run } of reports) {
    const text = await run(context, [], line => void said.push(line), signal);
    said.push(`== ${name}`, text);
  }
  return hideUserinfo(said.join('\n'));
}
