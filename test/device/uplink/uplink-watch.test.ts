/** What the firmware makes of the uplink: rows as they are asked for, an outage that is patient, a hint that is not taken for nothing. */
import * as assert from 'uvu/assert';
import { pilotPolicy } from '../../../device/core/policy.ts';
import type { SealedRow, UplinkClientEvents, UplinkFacts } from '../../../device/data-ports.ts';
import { DeviceError, type DeviceErrorKind } from '../../../device/kit/errors.ts';
import type { Log } from '../../../device/kit/log.ts';
import { createParts } from '../../../device/parts.ts';
import { watchUplink } from '../../../device/uplink/uplink-watch.ts';
import { suite, type TestContext, until } from '../../harness.ts';

const quiet: Log = { debug() {}, info() {}, warn() {}, error() {} };
const minuteMs = 60_000;

function watch({ after }: TestContext) {
  const parts = createParts(quiet);
  parts.add('journal', 'journal').ready();
  parts.add('card-reader', 'card').ready();
  const given: (readonly SealedRow[])[] = [];
  const facts: UplinkFacts[] = [];
  const answers: (readonly string[])[] = [];
  const rows: SealedRow[] = [];
  const acknowledged: number[] = [];
  let syncs = 0;
  let now = 0;
  let isBroken = false;
  let events: UplinkClientEvents | undefined;
  const uplink = watchUplink(
    {
      parts,
      log: quiet,
      age: () => now,
      journal: {
        current: () => ({
          epoch: 1,
          lastSeq: rows.length,
          acknowledge: seq => void acknowledged.push(seq),
          rowsAfter(seq, limit) {
            if (isBroken) throw new DeviceError('storage', 'journal', 'gone');
            return rows.filter(row => row.seq > seq).slice(0, limit);
          },
        }),
      },
      links: {
        describe: () => ({
          ...{ usable: true, version: 7, links: 0, slots: 0, denied: 0, keyId: '1', linksAsOf: 5 },
          statusAsOf: 6,
        }),
      },
      policy: () => pilotPolicy,
      clock: () => 7,
      whereabouts: {
        stop: () => ({ id: 's1', name: { zh: '', en: '' }, position: { latitudeDeg: 0, longitudeDeg: 0 } }),
        way: () => ({ stops: [], source: 'gnss', next: undefined, towards: undefined, doors: 'open' }),
      },
      async obey(command) {
        if (command === 'restart') throw new Error('not now');
        return `${command} is done`;
      },
      syncNow: () => syncs++,
    },
    started => {
      events = started;
      return {
        tell: told => void facts.push(told),
        give: rows => void given.push(rows),
        answer: (id, { outcome, text }) => void answers.push([id, outcome, text]),
        close: async () => undefined,
      };
    },
  );
  after(uplink.close);
  if (events === undefined) throw new Error('the client was not started');
  const client = events;
  return {
    ...{ parts, given, facts, answers, rows, acknowledged, client, uplink },
    syncs: () => syncs,
    breakJournal: (broken: boolean) => {
      isBroken = broken;
    },
    pass: (ms: number) => {
      now += ms;
    },
    fail: (kind: DeviceErrorKind, text = 'no answer') => client.failed(new DeviceError(kind, 'uplink', text)),
    fault: () => parts.list().find(({ kind }) => kind === 'uplink')?.problem,
  };
}

const sealed = (seq: number): SealedRow => ({ seq, keyId: '', sealed: Buffer.alloc(1) });

suite('uplink watch', test => {
  test('rows that are wanted are given when they are there, and once', async context => {
    const { given, rows, acknowledged, client, breakJournal, facts } = watch(context);
    client.wanted(0, 2);
    assert.equal(given, []);
    breakJournal(true);
    rows.push(...[1, 2, 3].map(sealed));
    await until('that the journal is known', () => facts.some(({ lastSeq }) => lastSeq === 3));
    assert.equal(given, []);
    breakJournal(false);
    await until('the rows', () => given.length > 0);
    assert.equal(given, [[1, 2].map(sealed)]);
    client.wanted(2, 2);
    assert.equal(given.at(-1), [sealed(3)]);
    client.progress({ acknowledged: 2, refused: { rows: 0, last: 0, newest: [] } });
    assert.equal(acknowledged, [2]);
  });

  test('an outage of the network is a fault after five minutes, anything else at once; an answer ends both', context => {
    const { fail, fault, pass, client, uplink } = watch(context);
    fail('disconnected', 'mqtt://user:secret@host: gone');
    assert.is(fault(), undefined);
    assert.is(uplink.state().problem?.text, 'mqtt://***@host: gone');
    pass(5 * minuteMs);
    fail('timeout');
    assert.is(fault(), 'no answer');
    client.answered();
    assert.is(fault(), undefined);
    assert.is(uplink.state().problem, undefined);
    fail('protocol', 'the broker refuses us');
    assert.is(fault(), 'the broker refuses us');
  });

  test('rows that the back office does not take are a fault that stays; those of an earlier start are none', context => {
    const { client, fault } = watch(context);
    client.progress({ acknowledged: 5, refused: { rows: 2, last: 4, newest: [] } });
    assert.is(fault(), undefined);
    client.progress({ acknowledged: 9, refused: { rows: 3, last: 9, newest: [] } });
    client.answered();
    assert.is(fault(), 'the back office does not take 1 rows, the last is 9');
  });

  test('a hint asks the feed if it has something newer', context => {
    const { client, syncs } = watch(context);
    client.feedVersion(7);
    client.feedVersion(3);
    assert.is(syncs(), 0);
    client.feedVersion(8);
    assert.is(syncs(), 1);
  });

  test('what is told of the validator: its faults but for the uplink’s own, and how fresh its data is', async context => {
    const { parts, facts, fail } = watch(context);
    fail('protocol');
    await until('facts', () => facts.length > 0);
    assert.equal(facts.at(-1), {
      ...{ epoch: 1, lastSeq: 0, ready: true, terse: '', verbose: '', faults: [], feedVersion: 7 },
      ...{ statusAsOf: 6, linksAsOf: 5, dataProblem: null, stop: 's1', doors: 'open' },
    });
    parts.add('gnss', 'gnss').fault(new DeviceError('timeout', 'gnss', 'nothing heard'));
    await until('the fault', () => facts.at(-1)?.terse === 'G11 gnss gnss');
    assert.is(facts.at(-1)?.verbose, 'G11 gnss gnss: nothing heard');
    assert.equal(facts.at(-1)?.faults, ['gnss gnss']);
  });

  test('a command is done, and answered with what came of it', async context => {
    const { client, answers } = watch(context);
    client.command('1', 'sync-now');
    client.command('2', 'restart');
    await until('both answers', () => answers.length === 2);
    assert.equal(answers, [
      ['1', 'done', 'sync-now is done'],
      ['2', 'failed', 'not now'],
    ]);
  });
});
