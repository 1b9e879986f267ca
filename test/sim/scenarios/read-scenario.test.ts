import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { usualPassengers } from '../../../sim/bus/passengers.ts';
import { parseScenario, passengersOf, readScenario } from '../../../sim/scenarios/read-scenario.ts';
import { expectingStep, scenarioText, stepOf } from '../../../sim/scenarios/write-scenario.ts';
import { suite } from '../../harness.ts';
import { temporaryDirectory } from '../../temporary.ts';

/** What is said of a file with these lines, a problem each. */
function problems(...lines: string[]): string[] {
  try {
    parseScenario(lines.join('\n'), 'x.yaml');
  } catch (error) {
    return (error as Error).message.split('\n');
  }
  return [];
}

function assertProblem(said: readonly string[], place: string, text: string): void {
  const found = said.find(problem => problem.startsWith(`x.yaml:${place}: `) && problem.includes(text));
  assert.ok(found !== undefined, `${place} ${text}\n${said.join('\n')}`);
}

const head = ['name: x', 'steps:'];

suite('scenario files', test => {
  test('a file as it should be', () => {
    const scenario = parseScenario(
      `name: A red code
given: { time: 2022-05-23T05:30+08:00, line: 10, passengers: [{ id: a, medium: bmac, health: red }] }
steps:
  - tap: front a
    expect: { verdict: abnormal }
  - screens:
  - wait: 0.5
  - network: off
  - expect: { at: rear, light: off, within: 2 }
`,
      'x.yaml',
    );
    assert.equal(
      scenario.steps.map(({ command }) => command),
      ['tap front a', 'screens', 'wait 0.5', 'network off', undefined],
    );
    assert.is(scenario.given.line, '10');
    assert.equal(
      passengersOf(scenario.given, 'x.yaml').map(({ id, health }) => [id, health]),
      [['a', 'red']],
    );
    assert.equal(scenario.steps[0]?.placeOf('verdict'), { line: 5, column: 15 });
    assert.equal(scenario.steps[1]?.place, { line: 6, column: 5 });
  });

  test('unknown keys, at their place, with the nearest known one', () => {
    const said = problems(
      'nam: x',
      'given: { phse: trial }',
      'steps:',
      '  - tapp: front wang',
      '    expct: {}',
    );
    assertProblem(said, '1:1', 'did you mean name?');
    assertProblem(said, '1:1', 'name: is required');
    assertProblem(said, '2:10', 'did you mean phase?');
    assertProblem(said, '4:5', 'did you mean tap?');
  });

  test('unknown values', () => {
    const said = problems(
      'name: x',
      'given:',
      '  phase: trail',
      '  time: 2022-05-23',
      '  passengers: [{ id: a, medium: gold }, { id: b, medium: bmac, helth: red }]',
      'steps:',
      '  - tap: front a',
      '    expect: { verdict: abnorml, light: gren, passenger: 4, within: -1, journal: { passs: 1 } }',
    );
    assertProblem(said, '3:10', 'did you mean trial?');
    assertProblem(said, '4:9', 'must be an instant with its offset');
    assertProblem(said, '5:33', 'gold is not known here; known are t-union');
    assertProblem(said, '5:64', 'did you mean health?');
    assertProblem(said, '8:24', 'did you mean abnormal?');
    assertProblem(said, '8:40', 'did you mean green?');
    assertProblem(said, '8:57', 'must be a text, or a list of texts');
    assertProblem(said, '8:68', 'expect.within');
    assertProblem(said, '8:83', 'did you mean pass?');
    assertProblem(
      problems('name: x', 'given: { passengers: usal }', ...head.slice(1), '  - list:'),
      '2:22',
      'usual',
    );
  });

  test('words of commands', () => {
    const steps = [
      '  - tap: frnt wang',
      '  - tap: "front wangg"',
      '  - health: wang geen',
      '  - tap: front wang leaves-half-wa',
      '  - gnss: front offset',
      '  - wait: 1 2',
      '  - { tap: front wang, wait: 1 }',
      '  - {}',
    ];
    const said = problems(...head, ...steps, '  - tap front wang');
    // What is not even a step hides what is wrong with the words of others.
    assertProblem(said, '11:5', 'is a colon missing after its first word?');
    const words = problems(...head, ...steps);
    assertProblem(words, '3:10', 'did you mean front?');
    assertProblem(words, '4:17', 'did you mean wang?');
    assertProblem(words, '5:18', 'did you mean green?');
    assertProblem(words, '6:21', 'did you mean leaves-half-way?');
    assertProblem(words, '7:23', 'SECONDS is missing');
    assertProblem(words, '8:13', 'one word too many');
    assertProblem(words, '9:24', 'a step is one command, and here are 2: tap, wait');
    assertProblem(words, '10:5', 'a step is a command, or expects something');
    assert.is(words.length, 8);
    assert.equal(problems(...head, '  - tap: middle nobody', '    expect: { error: front }'), []);
  });

  test('what is no YAML, what is no map, two times given, two passengers of one name', () => {
    assert.match(problems('name: x', 'steps: [').join('\n'), /^x\.yaml:2:\d+: /);
    assert.ok(problems('name: x', 'name: y', ...head.slice(1), '  - list:')[0]?.startsWith('x.yaml:2:1: '));
    assert.is(problems('- a').length, 1);
    assert.equal(problems(''), ['x.yaml:1:1: there is nothing in it']);
    assertProblem(problems(...head, '  - list:', '---', 'name: y'), '4:1', 'a second begins here');
    const two = ['given: { phase: trial, time: 2022-05-23T05:30+08:00 }'];
    assertProblem(problems(...two, ...head, '  - list:'), '1:24', 'one too many');
    const twins = 'given: { passengers: [{ id: a, medium: bmac }, { id: a, medium: bmac }] }';
    assertProblem(problems(twins, ...head, '  - list:'), '1:22', 'two passengers have the same id');
  });

  test('values of a wrong type are told in the words of the page', () => {
    assertProblem(problems('name: 5', 'steps:', '  - list:'), '1:7', '5 is no text: put it in quotes');
    assertProblem(problems('name: x', 'steps: tap'), '2:8', 'a list is expected');
    assertProblem(problems('name: x', 'steps: []'), '2:8', 'there is nothing in it');
    const types = problems(...head, '  - list:', '    expect: { fareTaken: yes, within: "5" }');
    assertProblem(types, '4:26', '"yes" is neither true nor false');
    assertProblem(types, '4:39', '"5" is no number');
  });

  test('a file that is not there, and card images beside the file', context => {
    const directory = temporaryDirectory(context);
    assert.throws(() => readScenario(join(directory, 'none.yaml')), /none\.yaml.*ENOENT/);
    const file = join(directory, 's.yaml');
    writeFileSync(
      file,
      'name: x\ngiven: { passengers: [{ id: a, medium: card-image, file: a.json }] }\nsteps: [{ tap: front a }]\n',
    );
    const [passenger] = passengersOf(readScenario(file).given, file);
    assert.is(passenger?.medium === 'card-image' && passenger.file, join(directory, 'a.json'));
  });

  test('what is written is read again', () => {
    const beginning = { name: 'Recorded: # 1', phase: 'trial', line: '10', passengers: usualPassengers };
    const screen = { light: 'green', lines: ['│ 请上车 │'] };
    const outcome = { event: 'tap', verdict: 'pass', passengerScreen: screen, crewScreen: screen };
    const text = scenarioText(beginning, [
      expectingStep('tap front wang', outcome),
      ...['network off', 'wait 2', 'screens'].map(stepOf),
    ]);
    const { name, given, steps } = parseScenario(text, 'x.yaml');
    assert.is(name, 'Recorded: # 1');
    assert.is(given.phase, 'trial');
    assert.equal(
      steps.map(({ command }) => command),
      ['tap front wang', 'network off', 'wait 2', 'screens'],
    );
    assert.equal(steps[0]?.expect, { verdict: 'pass', passenger: '请上车', crew: '请上车' });
    assert.equal(
      passengersOf(given, 'x.yaml').map(({ id }) => id),
      ['wang'],
    );
  });
});
