import * as assert from 'uvu/assert';
import type { FirmwareNews } from '../../../device/data-ports.ts';
import { DeviceError } from '../../../device/kit/errors.ts';
import type { Log } from '../../../device/kit/log.ts';
import { createParts } from '../../../device/parts.ts';
import { readBoot, writeBoot } from '../../../device/update/boot-file.ts';
import { type BootRecord, factoryRecord, type Slot } from '../../../device/update/boot-record.ts';
import { openUpdates } from '../../../device/update/updates.ts';
import { suite, type TestContext, until } from '../../harness.ts';
import { temporaryDirectory } from '../../temporary.ts';
import { digest, trial } from './slots.ts';

const settings = { nightFrom: '02:00', nightTo: '04:30', idleMin: 20, confirmWithinS: 300 };
const minuteMs = 60_000;
const night = Date.parse('2022-06-01T03:00:00+08:00');
const news: FirmwareNews = { kind: 'staged', version: '2.0.0', sha256: digest('b'), attempt: 1, slot: 'b' };

function open(context: TestContext, slot: Slot, record: Partial<BootRecord> = {}) {
  const directory = temporaryDirectory(context);
  writeBoot(directory, { ...factoryRecord, ...record });
  const logged: string[] = [];
  const note = (event: string) => void logged.push(event);
  const log: Log = { debug: note, info: note, warn: note, error: note };
  const parts = createParts({ ...log, info() {}, error() {} });
  const gnss = parts.add('gnss', 'gnss');
  parts.add('journal', 'journal').ready();
  gnss.ready();
  const world = { age: 0, now: night as number | undefined, seq: 1, fed: true, tapFails: false, perTap: 0 };
  let restarts = 0;
  let looks = 0;
  const updates = openUpdates({
    ...{ directory, slot, settings, parts, log },
    knownTime: () => world.now,
    lastSeq() {
      looks++;
      return world.seq;
    },
    feedAnswered: () => world.fed,
    answerTap() {
      world.age += world.perTap;
      if (world.tapFails) throw new Error('the disk is slow');
    },
    restart: () => restarts++,
    age: () => world.age,
  });
  context.after(updates.close);
  const told = () => parts.list().find(({ kind }) => kind === 'firmware')?.note ?? '';
  /** It has looked at the world as it is now. */
  const looked = () => {
    const from = looks;
    return until('a look', () => looks > from + 1);
  };
  return { directory, updates, world, gnss, logged, restarts: () => restarts, note: told, looked };
}

suite('updates', test => {
  test('what is staged takes over at night, when nobody has tapped for a while', async context => {
    const { directory, updates, world, gnss, restarts, note, looked } = open(context, 'factory');
    gnss.fault(new DeviceError('timeout', 'gnss', 'silent'));
    world.now = undefined;
    updates.hear(news);
    await until('it waits for the time', () => note().includes('the time is not known'));
    world.now = night + 12 * 60 * minuteMs;
    await until('it waits for the night', () => note().includes('waits for the night'));
    world.now = night;
    world.age = 19 * minuteMs;
    await until('it waits for the last tap', () => note().includes('tapped within 20 minutes'));
    world.seq++;
    world.age = 21 * minuteMs;
    await looked();
    assert.match(note(), /tapped within 20 minutes/);
    assert.is(restarts(), 0);
    world.age = 42 * minuteMs;
    await until('a restart', () => restarts() > 0);
    const { use, trial: begun } = readBoot(directory);
    assert.is(use, 'factory');
    assert.equal(
      [begun?.slot, begun?.version, begun?.starts, begun?.faultsBefore, begun?.feedAnswered],
      ['b', '2.0.0', 0, ['gnss gnss'], true],
    );
    assert.is(restarts(), 1);
  });

  test('what is withdrawn does not take over', async context => {
    const { directory, updates, world, restarts, note } = open(context, 'factory');
    updates.hear(news);
    await until('it waits', () => note() !== '');
    updates.hear({ kind: 'withdrawn' });
    world.age = 60 * minuteMs;
    await until('it is forgotten', () => note() === '');
    assert.equal([restarts(), readBoot(directory).trial], [0, undefined]);
  });

  test('a firmware on trial confirms itself', async context => {
    const { directory, world, logged, restarts } = open(context, 'b', { trial: { ...trial, starts: 1 } });
    world.perTap = 6000;
    await until('it is good', () => readBoot(directory).use === 'b');
    assert.equal([readBoot(directory).trial, restarts()], [undefined, 0]);
    assert.ok(logged.includes('firmware-confirmed'));
  });

  test('one that answers no taps gives itself up, and says so after the restart', async context => {
    const failing = open(context, 'b', { trial: { ...trial, starts: 1, confirmWithinMs: 300_000 } });
    failing.world.tapFails = true;
    await until('it is on trial', () => failing.note().includes('on trial'));
    assert.is(failing.restarts(), 0);
    failing.world.age = 300_000;
    await until('a restart', () => failing.restarts() > 0);
    const record = readBoot(failing.directory);
    assert.equal([record.use, record.trial], ['factory', undefined]);
    assert.match(record.failed[0]?.why ?? '', /a tap is not answered: the disk is slow/);
    const after = open(context, 'factory', record);
    await until('it is told', () => /2\.0\.0 was given up: a tap/.test(after.note()));
    assert.is(after.updates.label, 'factory.rolled-back.2-0-0');
    assert.ok(after.logged.includes('firmware-given-up'));
  });

  test('stopped in order before it is judged, its start does not count', context => {
    const { directory, updates } = open(context, 'b', { trial: { ...trial, starts: 2 } });
    updates.close();
    assert.is(readBoot(directory).trial?.starts, 1);
  });
});
