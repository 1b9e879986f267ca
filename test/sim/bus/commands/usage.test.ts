import * as assert from 'uvu/assert';
import type { Bus } from '../../../../sim/bus/bus.ts';
import { commandUsages, runCommand } from '../../../../sim/bus/commands/commands.ts';
import { checkWords, kindsOf, parseUsage, wordsFor } from '../../../../sim/bus/commands/usage.ts';
import { usualPassengers } from '../../../../sim/bus/passengers.ts';
import { kindsFor, problemOfCommand } from '../../../../sim/scenarios/format/command-words.ts';
import { suite } from '../../../harness.ts';

const kinds = {
  NAME: ['wang', 'li'],
  NUMBER: (word: string) => (/^\d+$/.test(word) ? undefined : 'no number'),
};
const check = (usage: string, text: string) =>
  checkWords(parseUsage(usage), text === '' ? [] : text.split(' '), kinds);

suite('usage of a command as a grammar', test => {
  test('words, kinds, what may be left out, ways to go on, any number of them', () => {
    for (const [usage, text] of [
      ['', ''],
      ['on|off', 'off'],
      ['NAME [NUMBER]', 'wang'],
      ['NAME [NUMBER]', 'li 3'],
      ['(silent|at NUMBER|go [NUMBER])', 'silent'],
      ['(silent|at NUMBER|go [NUMBER])', 'at 3'],
      ['(silent|at NUMBER|go [NUMBER])', 'go'],
      ['NUMBER …', '1 2 3'],
      ['[NUMBER …]', ''],
      ['ok|NUMBER', '7'],
      ['ANYTHING …', 'what ever'],
    ] as const) {
      assert.is(check(usage, text), undefined, `${usage} <- ${text}`);
    }
  });

  test('the first word that is wrong, and what it could have been', () => {
    assert.equal(check('on|off NAME', 'of wang'), {
      index: 0,
      message: 'of is not known here: did you mean off? Known are on, off',
    });
    assert.equal(check('NAME', 'xyz'), { index: 0, message: 'xyz is not known here; known are wang, li' });
    assert.equal(check('on|off NAME', 'on'), { index: 1, message: 'NAME is missing' });
    assert.equal(check('NAME', 'wang 3'), { index: 1, message: '3 is one word too many' });
    assert.equal(check('NUMBER …', '1 2 x'), { index: 2, message: 'no number' });
    assert.match(check('(silent|at NUMBER)', 'silnt')?.message ?? '', /did you mean silent/);
    assert.match(check('ok|NUMBER', 'okk')?.message ?? '', /did you mean ok/);
  });

  test('a text that is no usage', () => {
    for (const text of ['[a', '(a|b', 'a|', ']', 'a )']) assert.throws(() => parseUsage(text), 'usage', text);
  });

  test('every command of the bus has a usage, and what its capitals stand for is known', () => {
    for (const { name, usage } of commandUsages) {
      const known = kindsFor(name, usualPassengers);
      for (const kind of kindsOf(parseUsage(usage)))
        assert.ok(Object.hasOwn(known, kind), `${name}: ${kind}`);
    }
    assert.ok(commandUsages.some(({ name }) => name === 'tap'));
  });

  test('commands of the bus', () => {
    const problem = (line: string) => {
      const [name = '', ...words] = line.split(' ');
      return problemOfCommand(name, words, usualPassengers)?.message ?? '';
    };
    for (const line of [
      'gnss rear at 39.9,116.4',
      'gnss front stop 2-07',
      'clock front -60',
      'phase trial',
    ]) {
      assert.is(problem(line), '', line);
    }
    assert.is(problem('phase 2022-05-23T00:00+08:00'), '');
    assert.is(problem('show front zhu-phone rotationDeg=5 noise=2'), '');
    assert.match(problem('tapp front wang'), /did you mean tap/);
    assert.match(problem('show front zhu-phone rotaionDeg=5'), /did you mean rotationDeg/);
    assert.match(problem('show front zhu-phone noise=loud'), /noise is a number from 0 to 255/);
    assert.match(problem('gnss rear at here'), /LAT,LON/);
    assert.match(problem('wait soon'), /DURATION is 0 to 31 days/);
  });

  test('a bus does not take words that are too many, or none that it knows', async () => {
    // Nothing is asked of it before its words are right.
    const bus = {} as Bus;
    for (const [line, message] of [
      ['power front x', 'power: x is one word too many; usage: power front|rear'],
      ['tap front wang leaves-half-way 3', '3 is one word too many; usage: tap front|rear PASSENGER [FAULT]'],
      ['publish now', 'now is one word too many; usage: publish'],
      ['gnss front fix 3', '3 is one word too many'],
      ['network of', 'did you mean off?'],
      ['power', 'front|rear is missing'],
      ['tpa front wang', 'unknown command "tpa": did you mean tap?'],
    ] as const) {
      const said = await runCommand(bus, line).catch((error: Error) => error.message);
      assert.match(String(said), message, line);
    }
  });

  test('the path of a picture is one word', () => {
    assert.equal(wordsFor('front|rear FILE.png', ' front  my  own code.png '), ['front', 'my  own code.png']);
    assert.equal(wordsFor('front|rear FILE.png', 'front'), ['front']);
    assert.equal(wordsFor('front|rear PASSENGER', ' front  wang 3'), ['front', 'wang', '3']);
    assert.equal(wordsFor('', ''), []);
  });
});
