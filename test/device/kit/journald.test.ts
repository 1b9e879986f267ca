/** Lines of the log as systemd's journal takes them, and nobody else. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { withSeverity } from '../../../device/kit/journald.ts';
import { suite } from '../../harness.ts';
import { temporaryDirectory } from '../../temporary.ts';

const log = new URL('../../../device/kit/log.js', import.meta.url);
const program = `import { createLog } from ${JSON.stringify(log)};
const log = createLog('debug', 'bus-1');
for (const level of ['debug', 'info', 'warn', 'error']) log[level](level);`;

suite('the log in the journal of systemd', test => {
  for (const isJournal of [true, false])
    test(`${isJournal ? 'each line has its severity before it' : 'a file that is not the journal gets plain JSON'}`, async context => {
      const file = join(temporaryDirectory(context), 'log');
      const descriptor = openSync(file, 'w');
      const { dev, ino } = fstatSync(descriptor);
      const child = spawn(process.execPath, ['--input-type=module', '--eval', program], {
        stdio: ['ignore', 'ignore', descriptor],
        env: { ...process.env, JOURNAL_STREAM: isJournal ? `${dev}:${ino}` : `${dev}:${ino + 1}` },
      });
      closeSync(descriptor);
      await once(child, 'exit');
      const lines = readFileSync(file, 'utf8').trim().split('\n');
      const starts = lines.map(line => line.slice(0, line.indexOf('{')));
      assert.equal(starts, isJournal ? ['<7>', '<6>', '<4>', '<3>'] : ['', '', '', '']);
      const events = lines.map(line => JSON.parse(line.slice(line.indexOf('{'))).event);
      assert.equal(events, ['debug', 'info', 'warn', 'error']);
    });

  test('a line whose level cannot be told is information', () => {
    assert.is(withSeverity('{"event":"x"}'), '<6>{"event":"x"}');
  });
});
