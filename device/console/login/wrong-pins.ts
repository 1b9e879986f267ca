/** How many wrong PINs there have been since the last right one, in a small file beside the journal. */
import { existsSync } from 'node:fs';
import { z } from 'zod';
import { writeDurably } from '../../kit/durable-file.ts';
import { messageOf } from '../../kit/errors.ts';
import type { Log } from '../../kit/log.ts';
import { readOwnFile } from '../../kit/own-file.ts';
import { type LoginGuardParts, mostCounted } from './login-guard.ts';

const contents = z.object({ wrong: z.int().min(0).max(mostCounted) });

/** A file that cannot be read counts as many; one that cannot be written keeps no technician from mending its disk. */
export function openWrongPins(file: string, log: Log): LoginGuardParts['wrong'] {
  return {
    read() {
      if (!existsSync(file)) return 0;
      try {
        return contents.parse(JSON.parse(readOwnFile(file).toString())).wrong;
      } catch (error) {
        log.warn('wrong-pins-unreadable', { file, why: messageOf(error) });
        return mostCounted;
      }
    },
    write(wrong) {
      try {
        writeDurably(file, `${JSON.stringify({ wrong })}\n`, 0o600);
      } catch (error) {
        log.warn('wrong-pins-unwritable', { file, why: messageOf(error) });
      }
    },
  };
}
