import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { stringify } from 'yaml';
import { type Policy, pilotPolicy } from '../../../device/core/policy.ts';
import { createPolicySource } from '../../../device/feed/policy-source.ts';
import type { Log } from '../../../device/kit/log.ts';
import { findTarget, keepTarget } from '../../../sync/cache/targets.ts';
import { policyTarget } from '../../../sync/feed/index-file.ts';
import { suite, type TestContext } from '../../harness.ts';
import { temporaryDirectory } from '../../temporary.ts';

const own: Policy = { ...pilotPolicy, lines: ['own'] };

function text(changes: Readonly<Record<string, unknown>>): string {
  const { registrationFrom, trialFrom, enforcedFrom } = pilotPolicy;
  const iso = (instant: number) => new Date(instant).toISOString();
  const dates = {
    registrationFrom: iso(registrationFrom),
    trialFrom: iso(trialFrom),
    enforcedFrom: iso(enforcedFrom),
  };
  return stringify({ ...pilotPolicy, ...dates, ...changes });
}

function setUp(context: TestContext) {
  const cache = join(temporaryDirectory(context), 'cache');
  mkdirSync(cache);
  const find = () => findTarget(cache, policyTarget);
  const logged: { level: string; event: string; fields: Readonly<Record<string, unknown>> }[] = [];
  const write =
    (level: string) =>
    (event: string, fields = {}) =>
      void logged.push({ level, event, fields });
  const log: Log = { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') };
  return {
    find,
    logged,
    log,
    bring: (content: string) => keepTarget(cache, policyTarget, Buffer.from(content)),
    damage() {
      const file = find() ?? '';
      writeFileSync(file, readFileSync(file, 'utf8').replace('3600', '7600'));
    },
    remove: () => rmSync(find() ?? ''),
  };
}

suite('policy source', test => {
  test('without a feed the settings’ own, whatever lies in the cache', context => {
    const { bring, log, logged } = setUp(context);
    bring(text({ lines: ['fed'] }));
    const source = createPolicySource(own, () => undefined, log);
    source.reload();
    assert.equal(source.current(), own);
    assert.equal(logged, []);
  });

  test('the feed’s from the start, where it is there already', context => {
    const { bring, find, log } = setUp(context);
    bring(text({ lines: ['fed'] }));
    assert.equal(createPolicySource(own, find, log).current().lines, ['fed']);
  });

  test('the feed’s when it comes, each new one, and stays; each is logged', context => {
    const { bring, damage, find, log, logged, remove } = setUp(context);
    const source = createPolicySource(own, find, log);
    assert.equal(source.current(), own);
    bring(text({ lines: ['7'] }));
    assert.equal(source.current(), own, 'not before it is told to');
    source.reload();
    assert.equal(source.current(), { ...pilotPolicy, lines: ['7'] });
    source.reload();
    bring(text({ lines: ['7', '8'], repeatWindowS: 9 }));
    source.reload();
    assert.is(source.current().repeatWindowS, 9);
    damage();
    assert.is(find(), undefined);
    source.reload();
    assert.is(source.current().repeatWindowS, 9, 'one that is damaged on the disk is still in force');
    bring(text({ lines: ['8'] }));
    remove();
    source.reload();
    assert.is(source.current().repeatWindowS, 9, 'so is one that is gone');
    assert.equal(createPolicySource(own, find, log).current(), own, 'but not after a start');
    const dates = {
      registrationFrom: '2022-05-18T16:00:00.000Z',
      trialFrom: '2022-05-22T16:00:00.000Z',
      enforcedFrom: '2022-05-31T16:00:00.000Z',
    };
    assert.equal(logged, [
      { level: 'info', event: 'policy', fields: { lines: ['7'], ...dates } },
      { level: 'info', event: 'policy', fields: { lines: ['7', '8'], ...dates } },
    ]);
  });

  test('one that cannot be used is refused once, and the one in force kept', context => {
    const { bring, find, log, logged } = setUp(context);
    const source = createPolicySource(own, find, log);
    for (const [i, bad] of ['lines: [', text({ repeatWindowS: -1 }), ''].entries()) {
      bring(bad);
      source.reload();
      source.reload();
      assert.equal(source.current(), own);
      assert.is(logged.length, i + 1);
      assert.is(logged[i]?.event, 'policy-refused');
      assert.match(String(logged[i]?.fields.problem), 'policy.yaml');
    }
    bring(text({ lines: ['7'] }));
    source.reload();
    bring(text({ trialFrom: '2030-01-01T00:00:00Z' }));
    source.reload();
    assert.equal(source.current().lines, ['7']);
    assert.is(logged.at(-1)?.event, 'policy-refused');
  });

  test('a start with one that cannot be used goes on with the own', context => {
    const { bring, find, log, logged } = setUp(context);
    bring('lines: 7');
    assert.equal(createPolicySource(own, find, log).current(), own);
    assert.is(logged[0]?.event, 'policy-refused');
  });
});
