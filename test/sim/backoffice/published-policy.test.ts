/** How often the back office renews data follows from the policy, also from one that comes later. */
import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { stringify } from 'yaml';
import { pilotPolicy } from '../../../device/core/policy.ts';
import { paceOfPolicy } from '../../../sim/backoffice/published-policy.ts';
import { suite } from '../../harness.ts';
import { temporaryDirectory } from '../../temporary.ts';

const dates = {
  registrationFrom: '2022-05-19T00:00:00+08:00',
  trialFrom: '2022-05-23T00:00:00+08:00',
  enforcedFrom: '2022-06-01T00:00:00+08:00',
};

function write(file: string, statusMaxAgeS: number, linksMaxAgeS: number): void {
  const freshness = { statusMaxAgeS, linksMaxAgeS };
  writeFileSync(`${file}.new`, stringify({ ...pilotPolicy, ...dates, freshness }));
  renameSync(`${file}.new`, file);
}

suite('the pace that a policy sets', test => {
  test('data is renewed several times before it is too old, also by a policy that came later', context => {
    const file = join(temporaryDirectory(context), 'policy.yaml');
    write(file, 3600, 86_400);
    const pace = paceOfPolicy(file, 'none');
    assert.is(pace.statusMaxAgeMs, 3_600_000);
    write(file, 30, 10);
    assert.is(pace.statusMaxAgeMs, 30_000);
    assert.ok(pace.askEveryMs <= 15_000, String(pace.askEveryMs));
    assert.ok(pace.publishEveryMs <= 5000, String(pace.publishEveryMs));
  });

  test('a policy that cannot be read changes nothing, but at the start', context => {
    const file = join(temporaryDirectory(context), 'policy.yaml');
    write(file, 30, 30);
    const pace = paceOfPolicy(file, 'none');
    writeFileSync(file, 'lines: no');
    assert.is(pace.statusMaxAgeMs, 30_000);
    assert.throws(() => paceOfPolicy(file, 'none'));
  });

  test('the published one where none is given, the pilot’s where nothing is published', context => {
    const file = join(temporaryDirectory(context), 'policy.yaml');
    const pace = paceOfPolicy(undefined, file);
    assert.is(pace.statusMaxAgeMs, pilotPolicy.freshness.statusMaxAgeS * 1000);
    write(file, 30, 30);
    assert.is(pace.statusMaxAgeMs, 30_000);
  });
});
