import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { openCounters } from '../../../device/counters/counters.ts';
import { readTemperatures } from '../../../device/counters/temperature.ts';
import { suite, type TestContext } from '../../harness.ts';
import { temporaryDirectory } from '../../temporary.ts';

function stand(context: TestContext) {
  const file = join(temporaryDirectory(context), 'journal.sqlite-counters');
  const warnings: string[] = [];
  let monotonicMs = 5000;
  let written: number | undefined = 1000;
  const start = (now = 1_000_000) =>
    openCounters({
      file,
      log: { warn: event => warnings.push(event) },
      clock: () => now,
      monotonic: () => monotonicMs,
      writtenBytes: () => written,
    });
  return {
    file,
    warnings,
    start,
    pass: (ms: number) => {
      monotonicMs += ms;
    },
    write: (bytes: number | undefined) => {
      written = bytes;
    },
  };
}

suite('counters', test => {
  test('go on over starts, and count from the first', async context => {
    const { start, pass, write, warnings, file } = stand(context);
    const first = start();
    first.tap('pass');
    first.tap('pass');
    first.tap('abnormal');
    pass(90_000);
    write(4000);
    await first.close();
    const second = start(9_000_000);
    second.tap('pass');
    pass(10_000);
    write(500);
    assert.equal(second.now(), {
      since: 1_000_000,
      starts: 2,
      upFor: 100,
      writtenBytes: 4500,
      taps: { pass: 3, abnormal: 1 },
    });
    await second.close();
    assert.is(JSON.parse(readFileSync(file, 'utf8')).starts, 2);
    assert.equal(warnings, []);
  });

  test('a start counts even if it ends in a power cut', async context => {
    const { start, file } = stand(context);
    const first = start();
    await first.close();
    const cut = start();
    // The next one begins when the disk has the start of the one before.
    while (JSON.parse(readFileSync(file, 'utf8')).starts < 2)
      await new Promise(resolve => setTimeout(resolve, 5));
    const third = start();
    assert.is(third.now().starts, 3);
    await Promise.all([cut.close(), third.close()]);
  });

  test('a file that is damaged, or no counters, begins them anew and says so', async context => {
    for (const content of [
      '',
      '{',
      '[]',
      '{"since":1}',
      '{"since":0,"starts":-1,"upFor":0,"writtenBytes":0,"taps":{}}',
    ]) {
      const { start, file, warnings } = stand(context);
      writeFileSync(file, content);
      const counters = start();
      assert.equal([counters.now().starts, counters.now().taps], [1, {}], content);
      assert.equal(warnings, ['counters-begun-anew'], content);
      await counters.close();
    }
  });

  test('a disk that takes nothing is told, and nothing else happens', async context => {
    const { start, file, warnings } = stand(context);
    mkdirSync(file);
    const counters = start();
    counters.tap('pass');
    await counters.close();
    assert.is(counters.now().taps.pass, 1);
    assert.ok(warnings.includes('counters-not-written'), String(warnings));
  });
});

suite('temperature', test => {
  test('each sensor that answers, by its name', async context => {
    const directory = temporaryDirectory(context);
    const zones: readonly (readonly [string, Record<string, string>])[] = [
      ['thermal_zone0', { type: 'cpu-thermal\n', temp: '48250\n' }],
      ['thermal_zone1', { type: 'wifi\n' }],
      ['thermal_zone2', { type: 'gpu\n', temp: 'nonsense\n' }],
      ['cooling_device0', { type: 'fan\n', temp: '1\n' }],
    ];
    for (const [name, files] of zones) {
      mkdirSync(join(directory, name));
      for (const [file, text] of Object.entries(files)) writeFileSync(join(directory, name, file), text);
    }
    assert.equal(await readTemperatures(directory), [{ zone: 'cpu-thermal', celsius: 48.25 }]);
    assert.equal(await readTemperatures(join(directory, 'nowhere')), []);
  });
});
