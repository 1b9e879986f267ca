/** The machine's, the reader's and the camera's faults, by the tester's commands on one bus. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { WrongUsage } from '../../../device/kit/errors.ts';
import { type Bus, startBus } from '../../../sim/bus/bus.ts';
import type { Wiring } from '../../../sim/bus/card-slots.ts';
import type { BusEvent } from '../../../sim/bus/commands/command.ts';
import { runCommand } from '../../../sim/bus/commands/commands.ts';
import type { LogLine } from '../../../sim/bus/firmware-process.ts';
import { usualPassengers } from '../../../sim/bus/passengers.ts';
import { renderFrame } from '../../../sim/media/frame.ts';
import { writePng } from '../../../sim/media/png.ts';
import { pcscdNeeded } from '../../drivers/card-reader/pcsc/pcscd-needed.ts';
import { suite, type TestContext, until } from '../../harness.ts';
import { temporaryDirectory } from '../../temporary.ts';

interface FaultyBus {
  readonly bus: Bus;
  readonly directory: string;
  /** Carries it out, and forgets what the front's log said before. */
  run(command: string): Promise<BusEvent>;
  /** The numbers of the front's rows, in the order they were told. */
  readonly numbers: readonly number[];
  /** The front's log since the last command says so. */
  logged(event: string, fields?: Partial<LogLine>): Promise<LogLine>;
  /** The front's console answers so in the end. */
  console(command: string, answer: RegExp): Promise<unknown>;
}

async function startFaultyBus(context: TestContext, wires: Wiring): Promise<FaultyBus> {
  const directory = temporaryDirectory(context);
  const passengers = usualPassengers;
  const bus = await startBus({ directory, line: '2', phase: 'enforced', passengers, wires, isPatient: true });
  context.after(() => bus.close());
  let log: LogLine[] = [];
  const numbers: number[] = [];
  bus.onLog((post, line) => {
    if (post !== 'front') return;
    log.push(line);
    if (line.event !== 'tap' || line.seq === undefined) return;
    const seq = Number(line.seq);
    // What a card pays is in the row after its tap.
    numbers.push(seq, ...(line.paidFen === undefined ? [] : [seq + 1]));
  });
  const faulty: FaultyBus = {
    bus,
    directory,
    numbers,
    run(command) {
      log = [];
      return runCommand(bus, command);
    },
    logged(event, fields = {}) {
      const said = ([field, value]: [string, unknown], line: LogLine) => line[field] === value;
      const isIt = (line: LogLine) =>
        line.event === event && Object.entries(fields).every(field => said(field, line));
      return until(`${event} ${JSON.stringify(fields)}`, () => log.find(isIt));
    },
    async console(command, answer) {
      const answered = async () => String((await runCommand(bus, `console front ${command}`)).text);
      await until(`${command}: ${answer}`, async () => answer.test(await answered()));
    },
  };
  await until('links', () => bus.linksVersion('front') > 0 && bus.linksVersion('rear') > 0);
  return faulty;
}

const said = ({ event, verdict, reason, status }: BusEvent) =>
  [verdict ?? event, reason ?? status].filter(part => part !== undefined).join(' ');

async function refused(run: Promise<unknown>, message: RegExp): Promise<void> {
  const error: unknown = await run.then(
    () => undefined,
    reason => reason,
  );
  assert.instance(error, WrongUsage);
  assert.match((error as Error).message, message);
}

suite('faults on the simulated bus', test => {
  test('a full disk, a wrong clock, pictures', async context => {
    const { bus, directory, numbers, run, logged, console } = await startFaultyBus(context, 'vpcd');
    const shown = (text: RegExp) =>
      until(`${text} on the screen`, () => text.test(bus.screen('front', 'passenger').lines.join('\n')));

    assert.is(said(await run('tap front wang')), 'pass');
    await run('disk front full');
    await logged('part-fault', { part: 'feed', kind: 'storage' });
    assert.is(said(await run('tap front li-student')), 'cannot-verify out-of-service');
    await shown(/本机暂停服务/);
    assert.is(said(await run('tap rear li-student')), 'pass', 'the other machine has a disk of its own');
    await run('power front');
    await logged('part-fault', { part: 'journal', kind: 'storage' });
    await run('disk front ok');
    await logged('part-ready', { part: 'journal' });
    await logged('part-ready', { part: 'links' });
    assert.is(said(await run('tap front li-student')), 'pass');
    assert.is(said(await run('tap front zhou-red')), 'abnormal red');
    assert.equal(
      numbers,
      [...numbers.keys()].map(index => index + 1),
      'no number is lost',
    );
    await console('feed', /state +works/);

    await run('gnss front no-fix');
    await run(`clock front ${-Math.round(Date.now() / 1000)}`);
    await console('clock', /time +1970-01-01 .*NOT BELIEVED/);
    assert.is(said(await run('tap front chen-old-card')), 'cannot-verify future-data');
    await shown(/暂时无法核验/);
    assert.is(said(await run('scan front zhu-phone')), 'invalid time-unknown');
    await run('gnss front fix');
    await console('clock', /source +gnss[\s\S]*system clock +1970/);
    assert.is(said(await run('scan front zhu-phone')), 'pass');

    await run('gnss front no-fix');
    await run(`clock front ${Date.UTC(2099, 5, 1) / 1000 - Math.round(Date.now() / 1000)}`);
    await console('clock', /time +2099-06-01 .*NOT BELIEVED/);
    const { version: isRed } = await run('health zhao-senior red');
    await run('power front');
    await console('clock', /time +2099-06-01 .*NOT BELIEVED/);
    assert.is(said(await run('tap front zheng-unknown')), 'cannot-verify clock');
    await run('gnss front fix');
    await console('clock', /source +gnss[\s\S]*system clock +2099/);
    await until('the version with it', () => bus.linksVersion('front') >= Number(isRed));
    assert.is(said(await run('tap front zhao-senior')), 'abnormal red', 'what came meanwhile was taken up');
    await run('clock front ok');
    await console('clock', new RegExp(`system clock +${new Date().getFullYear()}`));

    const picture = (name: string, codes: readonly Uint8Array[]) => {
      const file = join(directory, name);
      writeFileSync(file, writePng(renderFrame(codes, { width: 900, height: 1600, codeHeight: 0.4 })));
      return file;
    };
    const held = await run(`picture front ${picture('my code.png', [bus.codeOf('wu-popup')])}`);
    assert.is(said(held), 'abnormal popup');
    assert.is(held.passenger, 'my code.png');
    assert.is(said(await run(`picture front ${picture('empty.png', [])}`)), 'no-answer');
    assert.is(said(await run('show rear wu-popup glare=0.1')), 'abnormal popup');

    await refused(run('picture front'), /FILE.png is missing/);
    await refused(run('picture front /dev/zero'), /is no plain file/);
    await refused(run('phase 9999-12-31T00:00:00+08:00'), /is later than 3000/);
    await refused(run(`picture front ${join(directory, 'trust.json')}`), /trust.json: PNG: not a PNG file/);
    await refused(run('disk front half'), /full, ok/);
    await refused(run('clock front noon'), /SECONDS/);
    await refused(run('reader front out'), /--wires pcsc/);
  });

  test.needing(pcscdNeeded, 'a card reader that is pulled', async context => {
    const { run, logged, console } = await startFaultyBus(context, 'pcsc');
    await run('reader front out');
    await logged('part-fault', { part: 'card-reader', kind: 'disconnected' });
    assert.is(said(await run('tap front wang')), 'no-answer');
    assert.is(said(await run('tap rear wang')), 'pass', 'the other door’s own reader');
    await run('power front');
    await console('status', /no reader is called Front Door/);
    await run('reader front in');
    await logged('part-ready', { part: 'card-reader' });
    assert.is(said(await run('tap front wang')), 'pass');
  });
});
