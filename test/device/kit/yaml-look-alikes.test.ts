/** YAML as people type it: line, column and the character named, and nothing else of the text. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { z } from 'zod';
import { parseYaml } from '../../../device/kit/located-yaml.ts';
import { checkYaml, section } from '../../../device/kit/yaml-file.ts';
import { checkPolicy } from '../../../device/settings/policy-file.ts';
import { lineName } from '../../../device/settings/values.ts';
import { readPassengers } from '../../../sim/bus/passengers.ts';
import { parseScenario } from '../../../sim/scenarios/format/read-scenario.ts';
import { suite } from '../../harness.ts';
import { temporaryDirectory } from '../../temporary.ts';

const schema = section({
  line: lineName.optional(),
  lines: z.array(lineName).optional(),
  noticeMs: z.int().optional(),
  lat: z.number().optional(),
  text: z.string().optional(),
  inner: section({ driver: z.string() }).optional(),
});

function problemsOf(text: string): string[] {
  try {
    checkYaml(text, 'f', schema);
    return [];
  } catch (error) {
    return (error as Error).message
      .split('\n')
      .map(line => line.replace(/^f: line (\d+), column (\d+): /, '$1:$2 '));
  }
}

const good: readonly string[] = [
  'line: 10',
  'line: "010"',
  "lines: [2, 6, '1e1', 特12, 1路（快）]",
  'lat: 40.0',
  'lat: 1e-5',
  'noticeMs: 2500 # 说明：这里',
  'text: 票价：1，二',
  'text: "“hello”"',
  'text: a:b',
];

const bad: Record<string, RegExp> = {
  'line: 010': /^1:7 a number that can be read in two ways/,
  'line: 1e1': /^1:7 a number/,
  'line: 0x0A': /^1:7 a number/,
  'line: +10': /^1:7 a number/,
  'line: 10.0': /^1:7 a number/,
  'lines: [2, 06]': /^1:12 a number/,
  'lines:\n  - 2\n  - 1e1': /^3:5 a number/,
  'noticeMs: 0250': /^1:11 a number/,
  'line: ２': /^1:7 U\+FF12 is a full-width digit: write 2$/,
  'line：2': /^1:5 U\+FF1A looks like : and is none/,
  'text: a\nline：2\nlat: 1': /^2:5 U\+FF1A/,
  'line:2': /^1:5 no space after the colon/,
  'lat: 1\nline:2': /^2:5 no space after the colon/,
  'inner:\n\u3000driver: x': /^2:1 U\+3000 as indent: use spaces/,
  'inner:\n \u00a0driver: x': /^2:2 U\+00A0 as indent/,
  'line:\u30002': /^1:6 U\+3000 after the colon: use a space/,
  'line: “2”': /^1:7 U\+201C looks like " and is none/,
  'line: 「2」': /^1:7 U\+300C/,
  'text: ‘a’': /^1:7 U\+2018 looks like '/,
  '“line”: 2': /^1:1 U\+201C/,
  'lines: [2，6]': /^1:10 U\+FF0C looks like ,/,
  'lines: ［2, 6］': /^1:8 U\+FF3B looks like \[/,
  'lines:\n－ 2': /^2:1 U\+FF0D looks like -/,
  'line: 2\u200b': /^1:8 U\+200B is not seen/,
  'text: a\u3000': /^1:8 U\+3000 is not seen/,
  'text: "ǰ\ufffd\ufffd"': /^1:9 U\+FFFD stands for a character that was lost/,
};

suite('yaml look-alikes', test => {
  for (const text of good) test(`good: ${text}`, () => assert.equal(problemsOf(text), []));

  for (const [text, problem] of Object.entries(bad))
    test(`named: ${JSON.stringify(text)}`, () => {
      const [first = 'nothing', ...more] = problemsOf(text);
      assert.match(first, problem);
      for (const told of [first, ...more]) assert.ok(told.length < 250, told);
    });

  test('each unknown key at its own place, with its nearest word', () => {
    const problems = problemsOf(
      'lime: 2\nlat: 1\ninner:\n  driver: x\n  drivr: y\n  zzzzzz: 1\nnoticMs: 5\n',
    );
    assert.equal(
      problems.map(problem => problem.split(';')[0]),
      [
        '5:3 inner: unknown key drivr',
        '6:3 inner: unknown key',
        '1:1 unknown key lime',
        '7:1 unknown key noticMs',
      ],
    );
    assert.match(problems[0] ?? '', /did you mean driver\?$/);
    assert.match(problems[2] ?? '', /did you mean line\?$/);
  });

  test('a long text as it stands in no message', () => {
    const text = `line：2\n${'SECRET: [SECRET, SECRET SECRET]\n'.repeat(200)}`;
    for (const told of problemsOf(text)) assert.ok(told.length < 250 && !told.includes('SECRET'), told);
    assert.is(parseYaml('a: 1').suspects().length, 0);
  });

  test('the order of dates is judged only when there are dates', () => {
    const policy = (registration: string, trial: string) =>
      [
        `registrationFrom: ${registration}`,
        `trialFrom: ${trial}`,
        'enforcedFrom: 2022-06-02T00:00:00+08:00',
        'lines: [2]',
      ]
        .concat('freshness: { statusMaxAgeS: 1, linksMaxAgeS: 1 }', 'repeatWindowS: 5')
        .concat(
          'fare: { baseFen: 1, minimumBalanceFen: 1, payPercent: { rideCode: 1, ordinary: 1, student: 1, senior: 1, test: 1, military: 1, unknown: 1 } }',
        )
        .join('\n');
    const told = (text: string) => {
      try {
        checkPolicy(text, 'p');
      } catch (error) {
        return (error as Error).message;
      }
      return '';
    };
    assert.is(told(policy('2022-05-19T00:00:00+08:00', '2022-05-23T00:00:00+08:00')), '');
    assert.match(
      told(policy('2022-05-29T00:00:00+08:00', '2022-05-23T00:00:00+08:00')),
      /^p: line 2, column 12: trialFrom: .*in this order$/,
    );
    assert.not.match(told(policy('19 May', '2022-05-23T00:00:00+08:00')), /order/);
    assert.match(told(policy('19 May', '2022-05-23T00:00:00+08:00')), /registrationFrom/);
    assert.not.match(told('registrationFrom: 2022-05-29T00:00:00+08:00\n'), /order/);
  });

  test('a passenger list is told as well as a scenario', context => {
    const file = join(temporaryDirectory(context), 'passengers.yaml');
    writeFileSync(
      file,
      'passengers:\n  - id: a\n    medium: t-unin\n  - wang\n  - id: b\n    medium: bmac\n    balanceFn: 1\n',
    );
    assert.throws(
      () => readPassengers(file),
      (error: Error) => {
        assert.match(
          error.message,
          /line 3, column 13: passengers\[0\]\.medium: t-unin is not known here: did you mean t-union\?/,
        );
        assert.match(
          error.message,
          /line 7, column 5: passengers\[2\]: unknown key balanceFn; .*did you mean balanceFen\?/,
        );
        return true;
      },
    );
  });

  test('a scenario names them too', () => {
    assert.throws(
      () => parseScenario('name: x\nsteps:\n  - tap：front wang\n', 'f'),
      /^f:3:8: U\+FF1A looks like :/m,
    );
    assert.throws(
      () => parseScenario('name: x\ngiven: { line: 010 }\nsteps:\n  - tap: front wang\n', 'f'),
      /^f:2:16: a number/,
    );
  });
});
