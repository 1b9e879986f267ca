/** The firmware on the uplink, killed again and again while it sends: every row of its journal is stored once, as it is. */
import { execFile } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import * as assert from 'uvu/assert';
import { rowsOfJournal } from '../../../sim/backoffice/journal-rows.ts';
import { startBroker } from '../../../sim/backoffice/uplink/broker.ts';
import { enrolNew } from '../../../sim/backoffice/uplink/enrolled.ts';
import { giveCommand, readCommand } from '../../../sim/backoffice/uplink/given-commands.ts';
import { openingOf, uplinkPlaces } from '../../../sim/backoffice/uplink/office-keys.ts';
import { firmwareProgram } from '../../../sim/bus/firmware-process.ts';
import { openOffice } from '../../contract/broker.ts';
import { suite, type TestContext, until } from '../../harness.ts';
import { temporaryDirectory } from '../../temporary.ts';
import { fillJournal } from '../journal/fill-journal.ts';
import { startStandIn } from './stand.ts';

const device = 'bus-1-front';

/** A validator with so many rows in its journal from before, and a back office that is started by the test. */
async function startUplinkStand(context: TestContext, rows: number) {
  const directory = temporaryDirectory(context);
  const broker = await startBroker(0);
  context.after(() => broker.close());
  const office = openOffice(context, broker.address);
  const signing = join(office.dir, 'uplink.json');
  enrolNew(office.dir, device, signing, 0);
  mkdirSync(join(directory, 'front'), { mode: 0o700 });
  fillJournal(join(directory, 'front', 'journal.sqlite'), device, rows);
  const uplink = { url: broker.address.url, signing, office: uplinkPlaces(office.dir).office };
  const stand = await startStandIn(directory, context, { settings: { uplink } });
  const opening = openingOf(uplinkPlaces(office.dir));
  return { stand, office, rows: () => rowsOfJournal(stand.post.journal, opening) };
}

suite('firmware uplink', test => {
  test('killed while it sends: every row is stored once, and the console knows how many', async context => {
    const { stand, office, rows } = await startUplinkStand(context, 1500);
    assert.match(await stand.ask('uplink'), /state +(not yet answered|FAILS for .*does not answer)/);
    office.start();
    for (const at of [1, 400, 900]) {
      await until(`${at} rows`, () => office.stored(device).length >= at);
      await stand.cutPower();
      await stand.ready();
    }
    await stand.scan(stand.crowd.code('green'));
    const journal = await rows();
    assert.is(journal.length, 1501);
    await until('all of it', () => office.stored(device).length === journal.length);
    assert.equal(
      office.stored(device),
      journal.map(({ seq }) => seq),
    );
    assert.equal(
      office.tokens(),
      journal.map(({ token }) => token && Buffer.from(token)),
    );
    const said = await until('that nothing is to go', async () => {
      const text = await stand.ask('uplink');
      return text.includes('0 rows') && text;
    });
    assert.match(said, /acknowledged +up to row 1501/);
    assert.match(await stand.ask('status'), /uplink +works, heard .* ago; 0 rows still to go/);
    assert.equal(office.warnings, [], 'each row follows the one before');

    // Rows that were plain before there was a key are so no more, in none of its files.
    await stand.cutPower();
    await stand.ready();
    const names = readdirSync(stand.directory).filter(name => name.startsWith('journal.sqlite'));
    assert.ok(names.includes('journal.sqlite-wal'));
    const bytes = Buffer.concat(names.map(name => readFileSync(join(stand.directory, name))));
    const hex = bytes.toString('latin1');
    const inClear = journal.filter(
      ({ token }) =>
        token && (bytes.includes(Buffer.from(token)) || hex.includes(Buffer.from(token).toString('hex'))),
    );
    assert.equal(
      inClear.map(({ seq }) => seq),
      [],
    );
  });

  test('the back office has it say how it is, and start anew, once each', async context => {
    const { stand, office, rows } = await startUplinkStand(context, 3);
    const uplink = office.start();
    const obey = async (name: string) => {
      const { id } = giveCommand(office.dir, device, { name, withinS: 600 }, Date.now());
      return until(`the answer to ${name}`, () => readCommand(office.dir, id)?.answer);
    };
    assert.equal((await obey('sync-now')).text, 'no feed is configured');
    await stand.scan(stand.crowd.code('green'));
    const { outcome, text } = await obey('diagnostics');
    assert.is(outcome, 'done');
    for (const words of [/== status\nbus-1-front: WORKS/, /journal +4 taps, last seq 4/, /== readers/])
      assert.match(text, words);
    const out = join(stand.directory, 'out');
    const exporting = [
      firmwareProgram(),
      'journal',
      'export',
      '--config',
      join(stand.directory, 'config.yaml'),
    ];
    const exported = await promisify(execFile)(process.execPath, [...exporting, out]);
    const { device: of, rows: count, keys } = JSON.parse(exported.stdout);
    assert.equal([of, count, keys.length], [device, 4, 1], 'beside the running firmware, all sealed');
    assert.equal(await rowsOfJournal(out, openingOf(uplinkPlaces(office.dir))), await rows());
    const refused = await promisify(execFile)(process.execPath, [...exporting, out]).catch(error => error);
    assert.equal([refused.code, /out is there already/.test(refused.stderr)], [2, true]);
    for (const { token } of await rows())
      if (token !== null) assert.not.match(text, Buffer.from(token).toString('hex'));
    const starts = () => stand.log.filter(({ event }) => event === 'start').length;
    const before = starts();
    assert.is((await obey('restart')).text, 'starts anew');
    await until('the next start', () => starts() === before + 1);
    assert.ok(stand.log.some(({ event, code }) => event === 'exit' && code === 75));
    await stand.ready();
    assert.is((await obey('sync-now')).outcome, 'failed');
    assert.is(starts(), before + 1);
    const [state] = uplink.validators();
    assert.is(state?.status?.stop, null);

    // Without an uplink, but with the back office's key.
    assert.not.ok(stand.log.some(({ event }) => event === 'journal-not-sealed'));
    const journalSeal = uplinkPlaces(office.dir).office;
    await stand.restartWith({ uplink: undefined, journalSeal });
    await stand.scan(stand.crowd.code('green'));
    await rowsOfJournal(stand.post.journal).then(
      () => assert.unreachable(),
      error => assert.match(String(error), /row 5: sealed for key/),
    );
    assert.is((await rows()).length, 5);
    assert.not.ok(stand.log.some(({ event }) => event === 'journal-not-sealed'));
  });

  test('settings whose key is another validator’s are refused', async context => {
    const { stand, office } = await startUplinkStand(context, 0);
    const signing = join(office.dir, 'other.json');
    enrolNew(office.dir, 'other', signing, 0);
    const url = 'mqtt://127.0.0.1:1';
    const from = stand.log.length;
    const uplink = { url, signing, office: uplinkPlaces(office.dir).office };
    const restart = stand.restartWith({ uplink }).catch(error => String(error));
    assert.match(String(await restart), /other\.json: it is the key of other, not of bus-1-front/);
    assert.ok(stand.log.length > from);
  });
});
