import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import * as assert from 'uvu/assert';
import { watchFiles } from '../../../sim/scenarios/watch.ts';
import { suite, until } from '../../harness.ts';
import { temporaryDirectory } from '../../temporary.ts';
import { runSim, runSimProcess } from '../run-sim.ts';

const runScenarios = (...words: string[]) => runSim(['scenario', ...words]);

const good = `name: A green and a red one
steps:
  - scan: front zhu-phone
    expect: { verdict: pass, passenger: 请上车, light: green, journal: { rows: 1 } }
  - data: stale
    expect: { cache: { state: stale-status }, within: 120 }
  - tap: middle wang
    expect: { error: 'front, rear' }
  - gnss: rear silent
    expect: { log: { event: part-fault, part: gnss }, console: { status: WITH FAULTS }, within: 120 }
  - console: rear version
    expect: { said: firmware }
`;
const bad = `name: Somebody else's rule
given: { phase: trial, policy: { lines: [300] } }
steps:
  - scan: rear wu-popup
    expect: { verdict: abnormal, status: popup }
  - power: front
`;

suite('scenario run', test => {
  test('one as expected and one that is not: TAP, JUnit, exit code, what is kept', async context => {
    const directory = temporaryDirectory(context);
    const files = [join(directory, 'good.yaml'), join(directory, 'bad.yaml')] as const;
    writeFileSync(files[0], good);
    writeFileSync(files[1], bad);
    const junit = join(directory, 'junit.xml');
    const keep = join(directory, 'kept');
    const { code, output, errors } = await runSimProcess(
      ['scenario', 'run', directory, '--tap', '--junit', junit, '--keep', relative(process.cwd(), keep)],
      { context },
    );
    assert.is(errors, '');
    assert.is(code, 1, output);
    assert.match(output, /^TAP version 14\n1\.\.2\n/);
    assert.match(output, /^ok \d - A green and a red one$/m, output);
    assert.match(output, /^not ok \d - Somebody else's rule$/m);
    assert.match(output, /line: 5\n\s+column: 15\n[\s\S]*expected: abnormal\n\s+got: not-checked/);
    assert.match(readFileSync(junit, 'utf8'), /tests="2" failures="1"[\s\S]*bad\.yaml:5:15: /);
    const kept = readdirSync(keep);
    assert.is(kept.length, 2);
    for (const name of kept) assert.ok(existsSync(join(keep, name, 'front', 'journal.sqlite')), name);
  });

  test('one of the shipped, by a part of its name', async () => {
    const { code, output, errors } = await runScenarios('run', '--only', 'verdict-not-found', '--seed', '3');
    assert.is(code, 0, output + errors);
    assert.match(output, /^ok {4}A card that nobody linked[\s\S]*1 as expected, 0 not, seed 3\n$/);
  });

  test('files that cannot be used: exit 2, every problem, nothing run', async context => {
    const directory = temporaryDirectory(context);
    writeFileSync(join(directory, 'a.yaml'), good.replace('scan: front', 'scan: frnt'));
    writeFileSync(join(directory, 'b.yaml'), good.replace('verdict', 'verdct'));
    const { code, output, errors } = await runScenarios('run', directory);
    assert.is(code, 2);
    assert.is(output, '');
    assert.match(errors, /a\.yaml:3:11: .*did you mean front\?[\s\S]*b\.yaml:4:15: .*did you mean verdict\?/);
    assert.is((await runScenarios('check', directory)).code, 2);
    assert.is((await runScenarios('run', '--only', 'no such')).code, 2);
    assert.is((await runScenarios('run', join(directory, 'none.yaml'))).code, 2);
    assert.is((await runScenarios('run', '--slow', 'never')).code, 2);
    for (const jobs of ['0', '-1', '1.5']) {
      const refused = await runScenarios('run', `--jobs=${jobs}`);
      assert.is(refused.code, 2, jobs);
      assert.match(refused.errors, /--jobs.*(at least 1|a whole number)/);
    }
  });

  test('a file that changes is told once, also one put in its place', async context => {
    const directory = temporaryDirectory(context);
    const [file, other] = [join(directory, 'a.yaml'), join(directory, 'b.yaml')];
    writeFileSync(file, good);
    const stop = new AbortController();
    context.after(() => stop.abort());
    const told: string[] = [];
    watchFiles([file], files => told.push(...files), stop.signal);
    writeFileSync(other, bad);
    writeFileSync(file, bad);
    await until('the change', () => told.length > 0);
    assert.equal(told, [file]);
  });
});
