/** The table of denied media as the publishing thread reads it: only when it has changed since it was last published. */
import { messageOf, WrongUsage } from '../../../device/kit/errors.ts';
import { sha256OfFile } from '../../../sync/feed/feed-file.ts';
import { type DeniedMedium, readDenied } from '../../../sync/publisher/denied-media.ts';

export interface DeniedSettings {
  /** Undefined: the list stays as it was last published. */
  readonly file?: string | undefined;
  /** Long numbers that end in 0 are right, however many there are. */
  readonly trustZeros?: boolean | undefined;
}

export interface DeniedTable {
  /** @returns undefined where it is as it was last published. @throws WrongUsage naming what cannot be used */
  read(): Promise<readonly DeniedMedium[] | undefined>;
  /** What was last read has been published. */
  published(): void;
}

export function followDeniedTable({ file, trustZeros }: DeniedSettings): DeniedTable {
  let lastRead: string | undefined;
  let lastPublished: string | undefined;
  return {
    async read() {
      if (file === undefined) return undefined;
      lastRead = hashOf(file);
      return lastRead === lastPublished ? undefined : await readDenied(file, trustZeros);
    },
    published() {
      lastPublished = lastRead;
    },
  };
}

function hashOf(file: string): string {
  try {
    return sha256OfFile(file);
  } catch (error) {
    throw new WrongUsage(`${file}: ${messageOf(error)}`);
  }
}
