/**
 * The log: one JSON object a line on stderr, for systemd's journal with its severity before it. Events are named; no account, whole
 * code or APDU body goes in.
 */
import { pino } from 'pino';
import { isJournal, withSeverity } from './journald.ts';
import { createLogRing } from './log-ring.ts';
import { printableLines } from './printable.ts';

export const logLevels = ['debug', 'info', 'warn', 'error'] as const;
export type LogLevel = (typeof logLevels)[number];
type Write = (event: string, fields?: Readonly<Record<string, unknown>>) => void;
export type Log = Readonly<Record<LogLevel, Write>>;

/** What has been written lately, and from which level on. */
export interface LogBook {
  level(): LogLevel;
  /** Until the next start. */
  setLevel(level: LogLevel): void;
  /** The newest lines, oldest first, each a JSON object; less severe ones are left out. */
  newest(count: number, from?: LogLevel): readonly string[];
}

/** While the log's reader is further behind than this, lines are dropped. */
const maxUnreadBytes = 1 << 20;

export function createLog(level: LogLevel, device: string): Log & { readonly book: LogBook } {
  const options = {
    level,
    base: { device },
    timestamp: pino.stdTimeFunctions.isoTime,
    messageKey: 'event',
    formatters: { level: (label: string) => ({ level: label }) },
  };
  const ring = createLogRing();
  const stderr = stderrThatNeverWaits();
  const toJournal = isJournal(2, process.env);
  const logger = pino(options, {
    write(line: string) {
      ring.add(printableLines(line));
      stderr.write(toJournal ? withSeverity(line) : line);
    },
  });
  const write =
    (at: LogLevel): Write =>
    (event, fields = {}) =>
      logger[at](fields, event);
  const book: LogBook = {
    level: () => logLevels.find(each => each === logger.level) ?? level,
    setLevel(changed) {
      logger.level = changed;
    },
    newest: (count, from = 'debug') => ring.newest(count, line => isFrom(line, from)),
  };
  return { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error'), book };
}

/** By the line's own first field: a line that was cut is no JSON any more. */
function isFrom(line: string, from: LogLevel): boolean {
  const [, name] = /^\{"level":"(\w+)"/.exec(line) ?? [];
  const rank = logLevels.indexOf(name as LogLevel);
  return rank === -1 || rank >= logLevels.indexOf(from);
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
