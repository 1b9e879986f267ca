/** The log: one JSON object a line on stderr. Events are named; no account, whole code or APDU body goes in. */
import { pino } from 'pino';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';
type Write = (event: string, fields?: Readonly<Record<string, unknown>>) => void;
export type Log = Readonly<Record<LogLevel, Write>>;

/** While whoever reads the log is further behind than this, lines are dropped. */
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
 * A line is out at once, also before a crash, as long as the pipe has room. A plain write to one that nobody
 * reads would stop the validator for good; and one that is closed leaves it to go on without a log.
 */
function stderrThatNeverWaits() {
  process.stderr.on('error', () => undefined);
  return {
    write(line: string) {
      if (process.stderr.writableLength < maxUnreadBytes) process.stderr.write(line);
    },
  };
}
