/** A text file as a stream of its bytes, refused where they are not UTF-8. */
import { createReadStream } from 'node:fs';
import { messageOf } from '../../device/errors.ts';
import { WrongUsage } from '../wrong-usage.ts';

/**
 * @param name for the problem, where the file is a copy of another
 * @throws WrongUsage for a file that cannot be read or is not UTF-8
 */
export async function* readUtf8(file: string, name = file): AsyncGenerator<Buffer> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  try {
    for await (const chunk of createReadStream(file) as AsyncIterable<Buffer>) {
      decoder.decode(chunk, { stream: true });
      yield chunk;
    }
    decoder.decode();
  } catch (error) {
    throw new WrongUsage(`${name}: ${messageOf(error)}`);
  }
}
