/** A scenario as a file: what lies beside it, and what is written is read again. */
import { writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import * as assert from 'uvu/assert';
import { usualPassengers } from '../../../../sim/bus/passengers.ts';
import { mifareImage } from '../../../../sim/media/card-images.ts';
import { writePng } from '../../../../sim/media/png.ts';
import { parseScenario, passengersOf, readScenario } from '../../../../sim/scenarios/format/read-scenario.ts';
import { expectingStep, scenarioText, stepOf } from '../../../../sim/scenarios/format/write-scenario.ts';
import { suite } from '../../../harness.ts';
import { temporaryDirectory } from '../../../temporary.ts';

suite('a scenario as a file', test => {
  test('pictures are beside the file, recorded ones wherever they are', context => {
    const directory = temporaryDirectory(context);
    const picture = join(directory, 'my  own.png');
    writeFileSync(picture, writePng({ width: 1, height: 1, grey: new Uint8Array(1) }));
    writeFileSync(join(directory, 'none.png'), 'no picture');
    const read = (path: string) =>
      parseScenario(`name: x\nsteps: [{ picture: front ${path} }]\n`, join(directory, 's.yaml')).steps;
    assert.is(read('my  own.png')[0]?.command, `picture front ${picture}`);
    assert.is(read(picture)[0]?.command, `picture front ${picture}`);
    assert.throws(() => read('none.png'), /s\.yaml:2:26: picture: none\.png: PNG: not a PNG file/);

    const typed = stepOf(`picture front ${relative('', picture)}`);
    assert.equal(typed, { picture: `front ${picture}` });
    const beginning = { name: 'x', phase: 'trial', line: '10', passengers: [] };
    const recorded = scenarioText(beginning, [typed, stepOf('reader front out')]);
    const { steps, given } = parseScenario(recorded, join(directory, 'elsewhere', 'r.yaml'));
    assert.is(steps[0]?.command, `picture front ${picture}`);
    assert.is(given.wires, 'pcsc');
  });

  test('a file that is not there, and card images beside the file', context => {
    const directory = temporaryDirectory(context);
    assert.throws(() => readScenario(join(directory, 'none.yaml')), /none\.yaml.*ENOENT/);
    const file = join(directory, 's.yaml');
    writeFileSync(
      file,
      'name: x\ngiven: { passengers: [{ id: a, medium: card-image, file: a.json }] }\nsteps: [{ tap: front a }]\n',
    );
    assert.throws(() => readScenario(file), /s\.yaml:2:58: .*a\.json: ENOENT/);
    writeFileSync(join(directory, 'a.json'), JSON.stringify(mifareImage()));
    const [passenger] = passengersOf(readScenario(file).given, file);
    assert.is(passenger?.medium === 'card-image' && passenger.file, join(directory, 'a.json'));
  });

  test('what is written is read again', () => {
    const beginning = { name: 'Recorded: # 1', phase: 'trial', line: '10', passengers: usualPassengers };
    const screen = { light: 'green', lines: ['│ √ 请上车 │'] };
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
