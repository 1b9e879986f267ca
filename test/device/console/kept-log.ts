/** A log that is kept, for who looks at it. */
import type { Log } from '../../../device/kit/log.ts';

export interface KeptLog extends Log {
  /** `event {"field":"value"}` */
  readonly lines: readonly string[];
}

export function keepLog(): KeptLog {
  const lines: string[] = [];
  const write = (event: string, fields: object = {}) => void lines.push(`${event} ${JSON.stringify(fields)}`);
  return { lines, debug: write, info: write, warn: write, error: write };
}
