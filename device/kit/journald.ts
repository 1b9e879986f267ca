/** systemd's journal at the other end of standard error: it takes a line's severity from a prefix (sd-daemon(3)). */
import { fstatSync } from 'node:fs';

/** As syslog(3) counts them. */
const severities: Readonly<Record<string, number>> = { debug: 7, info: 6, warn: 4, error: 3 };

/** Whether what is written there is read by the journal, and not by a file or a pipe of somebody else's. */
export function isJournal(descriptor: number, environment: NodeJS.ProcessEnv): boolean {
  const { dev, ino } = fstatSync(descriptor);
  return environment.JOURNAL_STREAM === `${dev}:${ino}`;
}

/** @param line of the log; its level comes first */
export function withSeverity(line: string): string {
  const [, level = ''] = /^\{"level":"(\w+)"/.exec(line) ?? [];
  return `<${severities[level] ?? severities.info}>${line}`;
}
