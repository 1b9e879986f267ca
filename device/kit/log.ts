/** The log: one JSON object a line on stderr. Events are named; no account, whole code or APDU body goes in. */
import { pino } from 'pino';
import { printableLines } from './printable.ts';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';
type Write = (event: string, fields?: Readonly<Record<string, unknown>>) => void;
export type Log = Readonly<Record<LogLevel, Write>>;

/** While the log's reader is further behind than this, lines are dropped. */
const maxUnreadBytes = 1 << 20;

export function createLog(level: LogLevel, device: string): Log {
  const options = {
    level,
    base: { device },
    timestamp: pino.stdTimeFunctions.isoTime,
    messageKey: 'event',
    formatters: { level: (label: string) => ({ level: label }) },
  };
  const logger = pino(options, stderrThatNeverWaits());
  const write =
    (at: LogLevel): Write =>
    (event, fields = {}) =>
      logger[at](fields, event);
  return { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') };
}

/**
 * A line is written at once, also before a crash, as long as the pipe has room. A plain write to a pipe that nobody reads
 * would block the validator for good. If the pipe is closed, the validator goes on without a log.
 */
function stderrThatNeverWaits() {
  process.stderr.on('error', () => undefined);
  return {
    write(line: string) {
      if (process.stderr.writableLength < maxUnreadBytes) process.stderr.write(printableLines(line));
    },
  };
}
