import * as assert from 'uvu/assert';
import { usualPassengers } from '../../../../sim/bus/passengers.ts';
import { parseScenario, passengersOf } from '../../../../sim/scenarios/format/read-scenario.ts';
import { suite } from '../../../harness.ts';

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
    assertProblem(problems(...head, '  - tpa: front wang'), '3:5', 'did you mean tap?');
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
    assertProblem(said, '5:33', 'one of t-union, bmac, mifare, bank, card-image, ride-code is expected');
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
    assertProblem(types, '4:26', 'is neither true nor false');
    assertProblem(types, '4:39', 'is no number');
  });

  test('steps that can never work', () => {
    const given =
      'given: { passengers: [{ id: phone, medium: ride-code }, { id: card, medium: bmac }, { id: image, medium: card-image, file: /dev/zero }] }';
    const steps = [
      ['wait: -1', '4:11', 'DURATION is 0 to 31 days'],
      ['wait: 1e7', '5:11', 'DURATION is 0 to 31 days'],
      ['tap: front phone', '6:16', 'phone has a phone: show or scan its code'],
      ['scan: front card', '7:17', 'card has a card: tap it'],
      ['show: front card', '8:17', 'card has a card: tap it'],
      ['code: card', '9:11', 'card has a card: tap it'],
      ['reader: front out', '10:5', 'needs given: { wires: pcsc }'],
      ['picture: front none.png', '11:20', 'none.png: ENOENT'],
      ['picture: front /dev/zero', '12:20', '/dev/zero: is no plain file'],
      ['clock: front 1e99', '13:18', 'at most 10000000000 either way'],
      ['gnss: front at 99,3', '14:20', 'LAT is a number of at most 90'],
      ['gnss: front drive 900', '15:23', 'KMH is a number of at most 500'],
      ['phase: 3001-01-01T00:00:00Z', '16:12', 'is later than 3000'],
      ['show: front phone blurPixels=99', '17:23', 'blurPixels is a number from 0 to 50'],
      ['unplug: front camra', '18:19', 'did you mean camera?'],
      ['tap: middle card', '19:10', 'middle is not known here; known are front, rear'],
      ['wait: 2 h', '20:13', 'one word too many'],
      ['wait: 2w', '21:11', 'as 5 (seconds), 90s, 15m, 2h or 3d'],
      ['wait: 32d', '22:11', 'DURATION is 0 to 31 days'],
      ['unplug: front camera ot', '23:26', 'did you mean out?'],
      ['unplug: front reader out', '24:5', 'needs given: { wires: pcsc }'],
      ['register: phone by prxy', '25:24', 'did you mean proxy?'],
      ['publishing: of', '26:17', 'did you mean off?'],
      ['policy: statusMaxAge=30', '27:13', 'did you mean statusMaxAgeS?'],
      ['policy: repeatWindowS=x', '28:13', 'a number of seconds from 0 to 600'],
      ['confirm: front touch', '29:5', 'needs given: { displays: nextion }'],
    ] as const;
    const said = problems(given, ...head, ...steps.map(([step]) => `  - ${step}`));
    for (const [, place, text] of steps) assertProblem(said, place, text);
    assertProblem(said, '1:124', '/dev/zero: is no plain file');
    assert.is(said.length, steps.length + 1, said.join('\n'));
    const refused = steps.flatMap(([step]) => [`  - ${step}`, '    expect: { error: no }']);
    assert.is(problems(given, ...head, ...refused).length, 1, 'what is expected to be refused may be wrong');
    assert.equal(problems('given: { wires: pcsc }', ...head, '  - reader: front out'), []);
    assert.equal(problems('given: { displays: nextion }', ...head, '  - confirm: front touch'), []);
  });

  test('the time at the first step', () => {
    const at = (text: string) => problems(`given: { at: ${text} }`, ...head, '  - list:');
    for (const text of ['2022-05-22T23:50+08:00', '2022-05-22T15:50Z', '2030-01-01T00:00:00.5-05:30'])
      assert.equal(at(text), [], text);
    for (const text of ['2022-05-22T23:50', '2022-05-22', '23:50', '2022-02-30T00:00Z', 'now', '5'])
      assertProblem(at(text), '1:14', 'must be an instant with its offset');
    assertProblem(at('2021-12-31T00:00Z'), '1:14', 'is earlier than 2022-05-02T00:00:00.000Z');
    assertProblem(at('2043-01-01T00:00Z'), '1:14', 'is later than');
  });

  test('cards that a step brings with it', () => {
    const read = (card: string, fault = '') =>
      problems(...head, `  - tap: { at: front, card: ${card}${fault} }`);
    const steps = [
      '  - tap: { at: rear, card: { medium: t-union, kind: senior, health: red }, fault: leaves-half-way }',
      "  - explain: { at: front, card: { atr: 3B00, answers: { 00A4: '6A82', 00A40400: '6F009000' } } }",
    ];
    const { passengers, steps: readSteps } = parseScenario([...head, ...steps].join('\n'), 'x.yaml');
    assert.equal(
      readSteps.map(({ command }) => command),
      ['tap rear card-of-step-1 leaves-half-way', 'explain front card-of-step-2'],
    );
    const [senior, image] = passengers.slice(usualPassengers.length);
    assert.is(senior?.health, 'red');
    assert.is(image?.medium === 'card-image' && image.image?.answers?.['00A4'], '6A82');
    assertProblem(read('{ medium: t-unoin }'), '3:39', 'did you mean t-union?');
    assertProblem(read('{ medium: bmac, helth: red }'), '3:45', 'did you mean health?');
    assertProblem(read('{ medium: ride-code }'), '3:10', 'has a phone: show or scan its code');
    assertProblem(read("{ atr: '3B' }"), '3:36', 'must be at least 2 bytes');
    assertProblem(read("{ atr: 3B00, answers: { 00A4: '90' } }"), '3:59', 'must be at least 2 bytes');
    assertProblem(
      read("{ atr: 3B00, answers: { 0g: '9000' } }"),
      '3:57',
      'must be an even number of hex digits',
    );
    assertProblem(read('{ id: x, medium: bmac }'), '3:31', 'the card of a step has no id');
    assertProblem(read('none.json'), '3:29', 'none.json: ENOENT');
    assertProblem(
      read('{ medium: bmac }', ', fault: leaves-half-wa'),
      '3:54',
      'did you mean leaves-half-way?',
    );
    assertProblem(
      problems(...head, '  - scan: { at: front, card: { medium: bmac } }'),
      '3:11',
      'must be the words',
    );
  });

  test('an expectation that expects nothing', () => {
    for (const [expect, place] of [
      ['{}', '4:13'],
      ['{ journal: {} }', '4:24'],
      ['{ console: {} }', '4:24'],
      ['{ cache: {} }', '4:22'],
      ['{ log: {} }', '4:20'],
      ['{ within: 5 }', '4:5'],
      ['{ at: front, within: 5 }', '4:5'],
      ['{ for: 5 }', '4:5'],
    ] as const) {
      assertProblem(problems(...head, '  - tap: front wang', `    expect: ${expect}`), place, 'nothing');
    }
  });
});
