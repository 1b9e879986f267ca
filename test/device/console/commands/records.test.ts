/** What a validator remembers of itself, at the console: taps, journal, self-test, counters, log, archive. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { cache } from '../../../../device/console/commands/cache.ts';
import { counters } from '../../../../device/console/commands/counters.ts';
import { denied } from '../../../../device/console/commands/denied.ts';
import { diagnostics } from '../../../../device/console/commands/diagnostics.ts';
import { journal } from '../../../../device/console/commands/journal.ts';
import { log } from '../../../../device/console/commands/log.ts';
import { network } from '../../../../device/console/commands/network.ts';
import { selftest } from '../../../../device/console/commands/selftest.ts';
import { status } from '../../../../device/console/commands/status.ts';
import { taps } from '../../../../device/console/commands/taps.ts';
import { suite } from '../../../harness.ts';
import { journalEntry } from '../../journal/journal-entry.ts';
import { maintained, now, refusal, run } from '../maintained.ts';

suite('record commands', test => {
  test('taps: the last ones with two digits; none is said', async context => {
    const { context: console, newestTaps } = maintained(context);
    assert.match((await run(taps, console)).text, 'none since the start');
    newestTaps.note({ lost: true, byReader: false, reader: 'card', at: now });
    const { text, data } = await run(taps, console);
    assert.match(text, /2022-06-10 08:00:00 \+08:00 +card +card +- +present-again +no fare +-/);
    assert.is(data.taps[0]?.seq, null);
  });

  test('journal: verify goes through all rows, export makes a file, queue needs an uplink', async context => {
    const { world, context: console, journal: rows, home } = maintained(context);
    for (let i = 0; i < 3; i++) rows.append(journalEntry({ at: now - 1000 }));
    assert.match(
      (await run(journal, console, ['verify'])).text,
      /3 rows, 0 of them sealed[\s\S]*nothing is wrong/,
    );
    const { data } = await run(journal, console, ['export']);
    assert.is(data.whole.exported?.rows, 3);
    assert.ok(existsSync(join(home, 'journal.sqlite-outbox', data.whole.exported?.file ?? 'none')));
    assert.is(await refusal(journal, console, ['queue']), 'not-configured');
    world.uplink = { state: () => ({ lastSeq: 3, progress: { acknowledged: 1 } }) };
    const queue = await run(journal, console, ['queue']);
    assert.equal(queue.data.whole.queue, {
      rows: 2,
      oldest: new Date(now - 1000).toISOString(),
      acknowledgedSeq: 1,
    });
    assert.match(queue.text, /still to go +2/);
    assert.is((await run(journal, console)).data.whole.queue, null);
    assert.is(await refusal(journal, console, ['burn']), 'usage');
  });

  test('cache: verify says what it found', async context => {
    const { world, context: console } = maintained(context);
    assert.is(await refusal(cache, console, ['verify']), 'unavailable');
    world.config = { links: { cache: '/links' } };
    const found = (damage?: string) => ({
      describe: () => ({ usable: false, why: 'no link cache' }),
      verify: async () => ({ generation: 'links-1-1.sqlite', damage }),
    });
    world.links = found();
    assert.match((await run(cache, console, ['verify'])).text, /links-1-1.sqlite: whole/);
    world.links = found('partition 7 holds other links than announced');
    assert.match((await run(cache, console, ['verify'])).text, /DAMAGED: partition 7/);
    assert.is(await refusal(cache, console, ['eat']), 'usage');
    assert.is(await refusal(denied, console), 'unavailable');
  });

  test('selftest: a table, a record, and the last one again', async context => {
    const { context: console } = maintained(context, [
      { name: 'storage', limitMs: 60_000, run: () => 'written' },
      { name: 'journal rows', limitMs: 600_000, run: () => '3 rows' },
      { name: 'feed', limitMs: 60_000, run: () => Promise.reject(new Error('away')) },
    ]);
    assert.is(await refusal(selftest, console, ['last']), 'unavailable');
    const { text, said } = await run(selftest, console);
    assert.equal(said, ['journal rows: may take minutes; Ctrl-C ends the test']);
    assert.match(
      text,
      /ok +storage +written\nok +journal rows +3 rows\nFAILED +feed +away\nFAILED, 1 of 3 failed: 2022-06-10/,
    );
    assert.is((await run(selftest, console, ['last'])).text, text);
    const { data } = await run(status, console);
    assert.equal([data.selftest?.passed, data.selftest?.failed], [false, ['feed']]);
    assert.is(await refusal(selftest, console, ['twice']), 'usage');
    const stop = AbortSignal.abort();
    await run(selftest, console, [], { signal: stop }).then(
      () => assert.unreachable(),
      refused => assert.is(refused.code, 'aborted'),
    );
  });

  test('counters: taps by verdict, the most frequent first', async context => {
    const { context: console, counters: counted } = maintained(context);
    for (const verdict of ['pass', 'abnormal', 'pass']) counted.tap(verdict);
    const { text, data } = await run(counters, console);
    assert.match(text, /taps +3\n +pass +2\n +abnormal +1/);
    assert.is(data.starts, 1);
  });

  test('log: the newest lines, from a level on, and another level', async context => {
    const { context: console, log: written } = maintained(context);
    written.error('part-fault', { part: 'gnss', name: 'gnss' });
    const { text } = await run(log, console, ['5', 'error'], { sameInBoth: true });
    assert.match(text, /^[-0-9]{10} [:0-9]{8} error part-fault part=gnss name=gnss$/);
    const { data } = await run(log, console, ['level', 'warn']);
    assert.is(data.level, 'warn');
    assert.is(written.book.level(), 'warn');
    for (const wrong of [['level', 'loud'], ['0'], ['201'], ['much'], ['5', 'all']]) {
      assert.is(await refusal(log, console, wrong), 'usage', wrong.join(' '));
    }
    assert.equal(JSON.parse((written.book.newest(1)[0] ?? '{}') as string).event, 'part-fault');
  });

  test('network: what is reached and what is not; nobody is waited for without an end', async context => {
    const { world, context: console } = maintained(context);
    const server = createServer(socket => socket.on('error', () => undefined));
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    context.after(() => server.close());
    const { port } = server.address() as { port: number };
    world.farEnds.push(
      { what: 'feed', host: '127.0.0.1', port },
      { what: 'uplink', host: 'nowhere.invalid', port: 1 },
    );
    const { text, data } = await run(network, console);
    assert.match(text, new RegExp(`feed +127.0.0.1:${port} reached at 127.0.0.1`));
    assert.match(text, /uplink +nowhere.invalid:1 NOT REACHED/);
    assert.equal(
      data.farEnds.map(({ reached }) => reached),
      [true, false],
    );
  });

  test('diagnostics: one archive, with what failed said in its place', async context => {
    const { context: console, home } = maintained(context);
    const { data } = await run(diagnostics, console);
    const path = join(home, 'journal.sqlite-outbox', data.file);
    const names = execFileSync('tar', ['-tzf', path]).toString().trim().split('\n');
    assert.equal(names, data.entries);
    for (const name of ['status.txt', 'version.json', 'counters.json', 'selftest.json', 'log.ndjson'])
      assert.ok(names.includes(name), name);
    assert.not(names.some(name => /journal|taps|explain/.test(name)));
  });
});
