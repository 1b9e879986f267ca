/** Two intakes on one broker, one of them the program without a back office: each takes its shards, and nothing of the other's. */
import { spawn } from 'node:child_process';
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { openTrips } from '../../../../sim/backoffice/intake/trips-file.ts';
import { upTopic } from '../../../../sync/uplink/topics.ts';
import { numbers, openOffice, openValidator, rowsOf } from '../../../contract/broker.ts';
import { suite, until } from '../../../harness.ts';
import { temporaryDirectory } from '../../../temporary.ts';
import { runSimProcess, simProgram } from '../../run-sim.ts';
import { startBadBroker } from './hostile-stand.ts';

const [lower, upper] = ['01234567', '89abcdef'];
const isUpper = (device: string) => upper.includes(upTopic(device, 'rows').split('/')[2] ?? '');

suite('several intakes', test => {
  test('each takes the rows of its shards, and together they take all', async context => {
    const { url } = await startBadBroker(context, false);
    const office = openOffice(context, { url });
    office.start(lower);
    const devices = Array.from({ length: 8 }, (_, i) => `bus-${i}`);
    const marks = devices.map(device => openValidator(context, office, { url }, device, rowsOf(20)).mark);
    assert.ok(devices.some(isUpper) && !devices.every(isUpper));
    const dir = temporaryDirectory(context);
    cpSync(join(office.dir, 'uplink'), join(dir, 'uplink'), { recursive: true });
    const words = [simProgram, 'backoffice', 'intake', dir, '--mqtt', url, '--shards', upper];
    const program = spawn(process.execPath, words, { stdio: 'ignore' });
    context.after(() => void program.kill('SIGKILL'));
    await until('all is acknowledged', () => marks.every(({ acknowledged }) => acknowledged === 20));
    const trips = openTrips(dir);
    context.after(() => trips.close());
    const there = trips
      .prepare<[string], number>(
        'SELECT count(*) FROM device JOIN tap ON tap.id >> 32 = device.id WHERE name = ?',
      )
      .pluck();
    for (const device of devices) {
      assert.equal(office.stored(device), isUpper(device) ? [] : numbers(20), device);
      assert.is(there.get(device), isUpper(device) ? 20 : 0, device);
    }
  });

  test('one without the keys, the broker or shards that are some makes none', async context => {
    const dir = temporaryDirectory(context);
    const intake = (...words: string[]) =>
      runSimProcess(['backoffice', 'intake', dir, ...words], { context });
    for (const [words, why] of [
      [['--mqtt', 'mqtt://127.0.0.1:1'], /keys\.json: the back office's keys are not here/],
      [[], /--mqtt is needed/],
      [['--mqtt', 'mqtt://127.0.0.1:1', '--shards', '00'], /each once/],
      [['--mqtt', 'mqtt://127.0.0.1:1', '--shards', 'g'], /hex digits/],
    ] as const) {
      const { code, errors } = await intake(...words);
      assert.is(code, 2);
      assert.match(errors, why);
    }
  });
});
