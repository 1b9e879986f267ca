/** The last of what both validators logged, in words. */
import { describeFields } from '../bus/describe.ts';
import type { LogLine } from '../bus/firmware-process.ts';
import type { PostName } from '../bus/validator-post.ts';
import type { LogEntry } from './protocol.ts';

const maxEntries = 300;
const maxTextChars = 500;

export interface LogBook {
  add(validator: PostName, line: LogLine): void;
  /** Newest last. */
  entries(): readonly LogEntry[];
}

export function createLogBook(): LogBook {
  const entries: LogEntry[] = [];
  return {
    add(validator, { event, level, device: _device, time: _time, ...fields }) {
      const text = describeFields(fields).slice(0, maxTextChars);
      entries.push({ at: Date.now(), validator, level, event, text });
      if (entries.length > maxEntries) entries.shift();
    },
    entries: () => entries,
  };
}
