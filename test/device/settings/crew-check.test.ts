import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { stringify } from 'yaml';
import { pilotPolicy } from '../../../device/core/policy.ts';
import { FileProblems } from '../../../device/kit/yaml-file.ts';
import { readConfig } from '../../../device/settings/config.ts';
import { readPolicy } from '../../../device/settings/policy-file.ts';
import { suite, type TestContext } from '../../harness.ts';
import { temporaryDirectory } from '../../temporary.ts';

const iso = (instant: number) => new Date(instant).toISOString();

function policyWith(context: TestContext, crewCheck: unknown) {
  const { registrationFrom, trialFrom, enforcedFrom, crewCheck: _, ...rest } = pilotPolicy;
  const dates = {
    registrationFrom: iso(registrationFrom),
    trialFrom: iso(trialFrom),
    enforcedFrom: iso(enforcedFrom),
  };
  const path = join(temporaryDirectory(context), 'policy.yaml');
  writeFileSync(path, stringify({ ...rest, ...dates, ...(crewCheck === undefined ? {} : { crewCheck }) }));
  return readPolicy(path).crewCheck;
}

function problemOf(read: () => unknown): string {
  try {
    read();
    return 'none';
  } catch (error) {
    if (!(error instanceof FileProblems)) throw error;
    return error.message;
  }
}

suite('the policy for the crew', test => {
  test('may be left out, whole or in part', context => {
    assert.equal(policyWith(context, undefined), pilotPolicy.crewCheck);
    assert.equal(policyWith(context, {}), pilotPolicy.crewCheck);
    const given = {
      verdicts: ['not-found'],
      windowS: 45,
      abnormalOlderThanMin: 15,
      notFoundPays: 'second-tap',
      companionS: 20,
      cards: ['00112233445566ff'],
    };
    assert.equal(policyWith(context, given), given);
    assert.equal(policyWith(context, { verdicts: [] }).verdicts, []);
  });

  const bad: readonly (readonly [object, RegExp])[] = [
    [{ verdicts: ['abnormal'] }, /line \d+, column \d+: crewCheck.verdicts\[0\]/],
    [{ verdicts: ['not-found', 'not-found'] }, /crewCheck.verdicts: one of them is there twice/],
    [{ windowS: 0 }, /crewCheck.windowS/],
    [{ companionS: 601 }, /crewCheck.companionS/],
    [{ windowS: 601 }, /crewCheck.windowS/],
    [{ windowS: 2.5 }, /crewCheck.windowS/],
    [{ abnormalOlderThanMin: 0 }, /crewCheck.abnormalOlderThanMin/],
    [{ notFoundPays: 'never' }, /line \d+, column \d+: crewCheck.notFoundPays/],
    [{ notFoundPays: 'second-tap', verdicts: ['cannot-verify'] }, /crewCheck.notFoundPays: second-tap needs/],
    [{ cards: ['3105100000000000001'] }, /crewCheck.cards\[0\]: must be a token/],
    [{ cards: ['00112233445566FF'] }, /crewCheck.cards\[0\]: must be a token/],
    [{ window: 30 }, /crewCheck.*window/],
  ];
  for (const [crewCheck, problem] of bad) {
    test(`is refused with its place: ${JSON.stringify(crewCheck)}`, context => {
      assert.match(
        problemOf(() => policyWith(context, crewCheck)),
        problem,
      );
    });
  }
});

suite('the settings of the crew’s keys', test => {
  function settingsWith(context: TestContext, parts: object) {
    const path = join(temporaryDirectory(context), 'settings.yaml');
    const needed = {
      device: 'bus-1-front',
      line: '2',
      journal: 'journal.sqlite',
      links: { cache: 'links', fleetKeys: 'keys.json' },
      trust: 'trust.json',
      cardReaders: [{ name: 'card', driver: 'vpcd', port: 35_963 }],
    };
    writeFileSync(path, stringify({ ...needed, ...parts }));
    return readConfig(path);
  }
  const key = { name: 'key', driver: 'serial-key', path: '/dev/ttyS3' };
  const nextion = { name: 'd', driver: 'nextion', audience: 'crew', path: '/dev/ttyS1' };
  const touch = { page: 1, component: 12 };

  test('a keypad of bus equipment needs no more than its line', context => {
    const { crewKeys } = settingsWith(context, { crewKeys: [key] });
    const usual = { baudRate: 9600, frame: '8N1', flowControl: 'none', sends: '0d' };
    assert.equal(crewKeys, [{ ...key, ...usual }]);
    const { displays } = settingsWith(context, { displays: [{ ...nextion, confirm: touch }] });
    assert.equal('confirm' in (displays[0] ?? {}), true);
  });

  const bad: readonly (readonly [string, object, RegExp])[] = [
    [
      'no hex',
      { crewKeys: [{ ...key, sends: 'enter' }] },
      /crewKeys\[0\].sends: must be 1 to 32 bytes in hex/,
    ],
    ['no byte', { crewKeys: [{ ...key, sends: '' }] }, /crewKeys\[0\].sends/],
    ['a number', { crewKeys: [{ ...key, sends: 41 }] }, /crewKeys\[0\].sends/],
    ['no wire', { crewKeys: [{ ...key, path: 'ttyS3' }] }, /crewKeys\[0\].path/],
    ['a name twice', { crewKeys: [{ ...key, name: 'card' }] }, /share a name: card/],
    [
      'a passenger’s touch',
      { displays: [{ ...nextion, audience: 'passenger', confirm: touch }] },
      /displays\[0\].confirm: is for the crew's display/,
    ],
    ['no byte’s number', { displays: [{ ...nextion, confirm: { page: 1, component: 255 } }] }, /component/],
  ];
  for (const [what, parts, problem] of bad) {
    test(`is refused with its place: ${what}`, context => {
      assert.match(
        problemOf(() => settingsWith(context, parts)),
        problem,
      );
    });
  }
});
