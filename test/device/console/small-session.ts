/** A session whose commands know little: `version`, `help` and those about the session itself answer. */
import { duplexPair } from 'node:stream';
import type { ConsoleContext } from '../../../device/console/context.ts';
import { startSession } from '../../../device/console/session.ts';
import { type TestContext, until } from '../../harness.ts';
import { type KeptLog, keepLog } from './kept-log.ts';

export function contextOf(given: object = {}): { context: ConsoleContext; log: KeptLog } {
  const log = keepLog();
  const context = {
    version: '1.2.3',
    config: { device: 'bus-1-front', line: '2' },
    sm2Engine: 'native',
    flooded() {},
    log,
    login: undefined,
    ...given,
  };
  return { context: context as unknown as ConsoleContext, log };
}

export function openSession({ after }: TestContext, given: object = {}) {
  const { context, log } = contextOf(given);
  const [far, near] = duplexPair();
  startSession(near, context);
  let output = '';
  far.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  after(() => {
    far.destroy();
    near.destroy();
  });
  return {
    far,
    log,
    output: () => output,
    /** @returns what came after the keys, up to what was waited for */
    async type(keys: string | Buffer, expected: RegExp): Promise<string> {
      const from = output.length;
      far.write(keys);
      return until(String(expected), () =>
        expected.test(output.slice(from)) ? output.slice(from) : undefined,
      );
    },
  };
}
