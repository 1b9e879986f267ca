/** The keeper against a source that is slow, fails, contradicts itself, or never answers: never a stale green. */
import { setTimeout as delay } from 'node:timers/promises';
import Database from 'better-sqlite3';
import * as assert from 'uvu/assert';
import type { Status } from '../../../../device/core/check.ts';
import type { HealthSource } from '../../../../sim/backoffice/health/health-source.ts';
import { usualRules } from '../../../../sim/backoffice/health/judge-answers.ts';
import { type KeeperOptions, keepHealth } from '../../../../sim/backoffice/health/keeper.ts';
import { createSimulatedHealthSource, noFaults } from '../../../../sim/backoffice/health/simulated-source.ts';
import { suite, type TestContext, until } from '../../../harness.ts';
import { makeSmallOffice, owner, quiet } from '../small-office.ts';

const consent = { at: 1, textVersion: 'v', basis: 'consent' } as const;

async function keep(
  context: TestContext,
  {
    persons = 1,
    source,
    ...options
  }: Partial<KeeperOptions> & { persons?: number; source?: HealthSource } = {},
) {
  const { store, places } = await makeSmallOffice(context);
  const owners = Array.from({ length: persons }, (_, i) => owner(i));
  for (const who of owners) await store.people.register(who, who.media, consent);
  let ahead = 0;
  const now = () => Date.now() + ahead;
  const simulated = createSimulatedHealthSource(now);
  const told: string[] = [];
  const tell = (event: string) => void told.push(event);
  let changes = 0;
  let questions = 0;
  const answering = source ?? simulated;
  const keeper = keepHealth(
    {
      health: store.health,
      source: {
        onChange: answering.onChange,
        ask(people, signal) {
          if (people.length > 0) questions++;
          return answering.ask(people, signal);
        },
      },
      log: { ...quiet, warn: tell, info: tell, error: tell },
      changed: () => changes++,
    },
    {
      rules: usualRules,
      askEveryMs: 20,
      statusMaxAgeMs: 60_000,
      timeoutMs: 600_000,
      batch: 10,
      concurrency: 2,
      now,
      ...options,
    },
  );
  context.after(() => keeper.close());
  return {
    store,
    places,
    keeper,
    source: simulated,
    told,
    pass: (ms: number) => {
      ahead += ms;
    },
    changes: () => changes,
    asked: () => questions,
    /** Then the answer to a question asked after now has been dealt with: one person is asked for once at a time. */
    askedTwiceMore() {
      const before = questions;
      return until('two more questions', () => questions >= before + 2);
    },
    has: (status: Status, count = persons) =>
      until(`${count} ${status}`, async () => (await store.people.counts()).byStatus[status] === count),
  };
}

suite('health keeper', test => {
  test('one damaged name keeps nobody else from being asked for', async context => {
    const { places, has, told, source } = await keep(context, { persons: 3 });
    await has('green');
    const db = new Database(places.office);
    db.prepare('UPDATE person SET name = ? WHERE id = (SELECT min(id) FROM person)').run(Buffer.alloc(40));
    db.close();
    source.setRule({ red: 1000 });
    await has('red', 2);
    assert.ok(told.includes('persons-unreadable'));
  });

  test('everybody is asked for, by batches', async context => {
    const { has, source, changes } = await keep(context, { persons: 45 });
    await has('green');
    assert.ok(changes() > 0);
    source.setRule({ red: 1000 });
    await has('red');
    source.setCode(owner(3), { status: 'popup' });
    await has('popup', 1);
  });

  test('a hint is followed at once', async context => {
    const { has, source } = await keep(context, { askEveryMs: 3_600_000 });
    await has('green');
    source.setCode(owner(0), { status: 'red' });
    await has('red');
  });

  test('the source fails: the last good answer stays for as long as the policy lets it, then all is unknown', async context => {
    const { has, source, store, pass, told, askedTwiceMore } = await keep(context, { persons: 3 });
    await has('green');
    source.setFaults({ ...noFaults, failing: 1 });
    await until('the fault is told', () => told.includes('health-source-fails'));
    const answeredAt = await store.health.sourceAnsweredAt();
    await askedTwiceMore();
    await has('green');
    assert.is(await store.health.sourceAnsweredAt(), answeredAt);
    pass(60_001);
    await has('unknown');
    assert.is(told.filter(event => event === 'health-source-fails').length, 1, 'told once');
    source.setFaults(noFaults);
    pass(60_000);
    await has('green');
    assert.ok((await store.health.sourceAnsweredAt()) > answeredAt);
  });

  test('too slow is no answer', async context => {
    const { source, has, pass } = await keep(context, { askEveryMs: 50, timeoutMs: 100 });
    await has('green');
    source.setFaults({ ...noFaults, slowMs: 10_000 });
    pass(60_001);
    await has('unknown');
  });

  test('contradictory answers are unknown', async context => {
    const { source, has } = await keep(context);
    await has('green');
    source.setFaults({ ...noFaults, contradicting: true });
    await has('unknown');
    source.setFaults(noFaults);
    await has('green');
  });

  test('a source that never answers, and heeds nothing, keeps nobody from closing', async context => {
    const deaf: HealthSource = { ask: () => new Promise(() => undefined), onChange: () => () => undefined };
    const { keeper, has, asked } = await keep(context, { source: deaf });
    await until('a question', () => asked() > 0);
    await has('unknown');
    await keeper.close();
  });

  test('no more questions at once than agreed, and none larger', async context => {
    let underWay = 0;
    let most = 0;
    let asked = 0;
    const counting: HealthSource = {
      async ask(people) {
        most = Math.max(most, ++underWay);
        assert.ok(people.length <= 10);
        asked += people.length;
        await delay(5);
        underWay--;
        return people.map(who => ({ who, status: 'yellow', at: Date.now() }));
      },
      onChange: () => () => undefined,
    };
    const { has } = await keep(context, { persons: 60, source: counting, askEveryMs: 3_600_000 });
    await has('yellow');
    assert.is(most, 2);
    assert.is(asked, 60);
  });

  test('answers nobody asked for, malformed ones and floods change nothing', async context => {
    let say: unknown[] = [];
    const odd = {
      ask: async () => say,
      onChange: () => () => undefined,
    } as unknown as HealthSource;
    const { has, store, told, askedTwiceMore } = await keep(context, { source: odd });
    const who = { name: owner(0).name, phone: owner(0).phone };
    for (const answers of [
      [{ who: owner(9), status: 'green', at: Date.now() }],
      [{ who, status: 'gold', at: Date.now() }, { who, status: 'green', at: 'now' }, null, 7],
      Array.from({ length: 100 }, () => ({ who, status: 'green', at: Date.now() })),
    ]) {
      say = answers;
      await askedTwiceMore();
      assert.is((await store.people.counts()).byStatus.unknown, 1);
    }
    assert.ok(told.includes('health-source-fails'), 'the flood');
    say = [{ who, status: 'red', at: Date.now() }];
    await has('red');
  });

  test('two questions at once: the older answer never takes the place of the newer, whichever comes last', async context => {
    const { store } = await makeSmallOffice(context);
    await store.people.register(owner(0), owner(0).media, consent);
    const id = (await store.health.one(owner(0)))?.id ?? 0;
    const settle = (status: Status, at: number) => store.health.settle([{ id, answer: { status, at } }], at);
    const isNow = async () => (await store.health.one(owner(0)))?.status;
    await settle('red', 10);
    assert.is(await settle('green', 8), 0);
    assert.is(await isNow(), 'red');
    await settle('green', 10);
    assert.is(await isNow(), 'unknown');
    await settle('green', 11);
    assert.is(await isNow(), 'green');
  });

  test('answers stored while the clock ran a month ahead are unknown once it is right, and give way', async context => {
    const { store } = await makeSmallOffice(context);
    const { health } = store;
    await store.people.register(owner(0), owner(0).media, consent);
    const id = (await health.one(owner(0)))?.id ?? 0;
    const now = 1_000_000_000_000;
    const ahead = now + 30 * 86_400_000;
    await health.settle([{ id, answer: { status: 'green', at: ahead } }], ahead);
    await health.sourceAnswered(ahead);
    assert.equal((await health.due(now, 10, now)).people, []);
    assert.is(await health.expire(now - 1000, 10, now), 1);
    assert.is((await health.one(owner(0)))?.status, 'unknown');
    assert.is(await health.sourceAnsweredAt(), 0);
    assert.is((await health.due(now, 10, now)).people.length, 1);
    await health.settle([{ id, answer: { status: 'red', at: now } }], now);
    assert.is((await health.one(owner(0)))?.status, 'red');
  });

  test('nobody registered: whether the source answers is known all the same', async context => {
    const { store } = await keep(context, { persons: 0 });
    await until('an answer', async () => (await store.health.sourceAnsweredAt()) > 0);
  });
});
