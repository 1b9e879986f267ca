/** The satellite receiver of a running validator: its faults where crews and technicians look, and the stop. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { lineStops, placeOf, writeLines } from '../../../sim/bus/line-stops.ts';
import type { GnssMode } from '../../../sim/wires/gnss-receiver.ts';
import { suite, until } from '../../harness.ts';
import { type FedStand, startFedStand } from './fed-stand.ts';
import { type Stand, startStand } from './stand.ts';

const fault = '卫星定位故障';

/** Waits for the fault of the part, and what it is; for the mending where none is given. */
async function becomes(stand: Stand, from: number, kind?: string): Promise<void> {
  const event = kind === undefined ? 'part-ready' : 'part-fault';
  await until(`gnss ${kind ?? 'ready'}`, () =>
    stand.log
      .slice(from)
      .find(entry => entry.event === event && entry.part === 'gnss' && entry.kind === kind),
  );
}

suite('satellite receiver', test => {
  // Many times what passes between two epochs of the simulated receiver.
  const shared = test.shared(context =>
    startStand(context, { settings: ({ gnss }) => ({ gnss: { ...gnss, timeoutMs: 3000 } }) }),
  );

  test('each fault is on the crew display, in the log and on the console, and gone when it is mended', async () => {
    const stand = await shared();
    const { gnss } = stand.post;
    const modes: readonly (readonly [GnssMode, string])[] = [
      ['silent', 'timeout'],
      ['noise', 'protocol'],
      ['wrong-checksums', 'protocol'],
    ];
    for (const [mode, kind] of modes) {
      let from = stand.log.length;
      gnss.setMode(mode);
      await becomes(stand, from, kind);
      await stand.shows('crew', fault, 'light amber');
      assert.match(await stand.ask('status'), /WORKS, WITH FAULTS[\s\S]*gnss gnss: /);
      assert.match(await stand.ask('gnss'), /state +FAULT/);
      from = stand.log.length;
      gnss.setMode('fix');
      await becomes(stand, from);
      await until(
        'a crew display without faults',
        () => !stand.post.screens.crew.lines().join().includes(fault),
      );
    }
    const from = stand.log.length;
    gnss.unplug();
    await becomes(stand, from, 'disconnected');
    await becomes(stand, from);
    await until('status: WORKS', async () => /bus-1-front: WORKS\r\n/.test(await stand.ask('status')));
  });

  test('no fix is no fault: the console says so, and taps go on', async () => {
    const stand = await shared();
    const from = stand.log.length;
    stand.post.gnss.setMode('no-fix');
    await until('no fix', async () => /fix +no fix/.test(await stand.ask('gnss')));
    const answer = await stand.ask('gnss');
    assert.match(answer, /state +works/);
    assert.match(answer, /time +not vouched for/);
    assert.match(answer, /stop +not known: no position|stop +none near/);
    const tap = await stand.tap(stand.crowd.tUnion('green'));
    assert.equal([tap.verdict, tap.stop], ['pass', undefined]);
    assert.not.ok(stand.log.slice(from).some(({ event, part }) => event === 'part-fault' && part === 'gnss'));
  });
});

suite('stop', test => {
  async function withLines(fed: FedStand, text?: string): Promise<void> {
    const linesFile = join(fed.stand.directory, 'lines-to-come.yaml');
    if (text === undefined) writeLines(linesFile);
    else writeFileSync(linesFile, text);
    await fed.arrives(fed.publish('delta', { linesFile }));
  }

  test('the feed’s stops and the position: on display, console and in the log', async context => {
    const fed = await startFedStand(context);
    const { stand } = fed;
    const [first, , third] = lineStops;
    const { gnss } = stand.post;
    assert.is((await stand.tap(stand.crowd.tUnion('green'))).stop, undefined);

    await withLines(fed);
    await stand.shows('passenger', first.zh, first.en, '2路');
    assert.not.ok(stand.post.screens.crew.lines().join().includes(first.zh));
    assert.match(
      await stand.ask('status'),
      new RegExp(`stop +${first.id} ${first.zh} ${first.en}, 0 m away`),
    );
    assert.is((await stand.tap(stand.crowd.tUnion('green'))).stop, first.id);

    if (third === undefined) throw new Error('three stops are needed');
    gnss.setPosition(placeOf(third));
    await stand.shows('passenger', third.zh);
    const answer = await stand.ask('gnss');
    assert.match(answer, /position +39\.86640 N 116\.39320 E/);
    assert.match(answer, new RegExp(`stop +${third.id}`));
    assert.is((await stand.tap(stand.crowd.tUnion('green'))).stop, third.id);

    gnss.setPosition({ latitudeDeg: 40.5, longitudeDeg: 117 });
    await until('no stop', async () => /stop +none near/.test(await stand.ask('gnss')));
    assert.is((await stand.tap(stand.crowd.tUnion('green'))).stop, undefined);

    gnss.setPosition(placeOf(third));
    await stand.shows('passenger', third.zh);
    await stand.cutPower();
    await stand.ready();
    await stand.shows('passenger', third.zh);

    await withLines(fed, 'lines:\n  - line: 6\n');
    await until('no stop', async () => /stop +none near/.test(await stand.ask('gnss')));
    assert.equal(
      Object.keys(stand.rows()[0] ?? {}).filter(column => /lat|lon/.test(column)),
      [],
    );
  });
});
