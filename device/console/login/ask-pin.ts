/** Reads a PIN that is to be set: typed twice without echo on a terminal, else the first line of the input. Never an argument: `ps` shows those. */
import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { DeviceError } from '../../kit/errors.ts';
import { sayError } from '../../kit/printable.ts';
import { hashPin } from './pin-hash.ts';

const nowhere = () =>
  new Writable({
    write(_text, _encoding, done) {
      done();
    },
  });

/** @throws DeviceError config where there is none, or it cannot be one */
export async function hashOfAskedPin(): Promise<string> {
  return hashPin(await askPin());
}

async function askPin(): Promise<string> {
  const { stdin } = process;
  const line = createInterface({ input: stdin, output: nowhere(), terminal: stdin.isTTY === true });
  const cancelled = new AbortController();
  line.on('SIGINT', () => cancelled.abort());
  try {
    if (!stdin.isTTY) return await firstLine(line);
    const ask = (question: string) => {
      sayError(question);
      return line.question('', { signal: cancelled.signal });
    };
    const pin = await ask('PIN (it is not shown):');
    if ((await ask('once more:')) !== pin) throw refused('the two are not alike');
    return pin;
  } catch (error) {
    throw cancelled.signal.aborted ? refused('none was given') : error;
  } finally {
    line.close();
  }
}

async function firstLine(lines: AsyncIterable<string>): Promise<string> {
  for await (const line of lines) return line;
  throw refused('none was given');
}

const refused = (why: string) => new DeviceError('config', 'PIN', why);
