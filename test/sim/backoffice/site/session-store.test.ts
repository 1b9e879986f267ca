import type { Session } from 'fastify';
import * as assert from 'uvu/assert';
import { createTurns } from '../../../../sim/backoffice/site/one-at-a-time.ts';
import { createSessionStore } from '../../../../sim/backoffice/site/session-store.ts';
import { suite } from '../../../harness.ts';

const cookie = { originalMaxAge: null };

function storeWith(maxSessions: number) {
  let time = 0;
  const store = createSessionStore({ maxSessions, lifetimeMs: 1000, now: () => time });
  return {
    store,
    pass(ms: number) {
      time += ms;
    },
    set: (id: string, session: Session = { cookie, visitor: id }) => store.set(id, session, () => undefined),
    get(id: string): Session | null | undefined {
      let found: Session | null | undefined;
      store.get(id, (_error, session) => {
        found = session;
      });
      return found;
    },
  };
}

suite('session store', test => {
  test('remembers for its time, and no longer', () => {
    const { store, set, get, pass } = storeWith(10);
    set('a');
    pass(999);
    assert.is(get('a')?.visitor, 'a');
    pass(1);
    assert.is(get('a'), null);
    set('b');
    assert.is(store.size, 1, 'what is too old takes no room');
  });

  test('of more than it may hold, the longest unused go', () => {
    const { store, set, get } = storeWith(3);
    for (const id of ['a', 'b', 'c', 'a', 'd']) set(id);
    assert.is(store.size, 3);
    assert.is(get('b'), null);
    assert.is(get('a')?.visitor, 'a');
    for (let i = 0; i < 1000; i++) set(`flood ${i}`);
    assert.is(store.size, 3);
  });

  test('who only opens forms puts nobody out who has sent one', () => {
    const { store, set, get } = storeWith(4);
    set('at it');
    for (let i = 0; i < 1000; i++) set(`flood ${i}`, { cookie });
    assert.is(get('at it')?.visitor, 'at it');
    assert.is(store.size, 3);
    set('flood 999');
    assert.is(get('flood 999')?.visitor, 'flood 999');
    set('flood 999', { cookie });
    assert.is(get('flood 999')?.visitor, undefined, 'in one place only');
  });

  test('forgets what is destroyed; ids are no property names', () => {
    const { store, set, get } = storeWith(3);
    set('a');
    store.destroy('a', () => undefined);
    for (const id of ['a', '__proto__', 'constructor', 'toString']) assert.is(get(id), null);
  });

  test('keeps the data, not what hangs on it', () => {
    const { set, get } = storeWith(3);
    const session = { cookie, visitor: 'v', [Symbol('request')]: { much: 'x' } };
    set('a', session);
    session.visitor = 'changed';
    assert.is(get('a')?.visitor, 'v');
    assert.equal(Object.getOwnPropertySymbols(get('a')), []);
  });
});

suite('turns', test => {
  test('one after the other for a key, side by side for others', async () => {
    const turns = createTurns(3);
    const order: string[] = [];
    const end = await turns.take('a');
    const second = turns.take('a').then(next => {
      order.push('second');
      next?.();
    });
    (await turns.take('b'))?.();
    order.push('other key');
    assert.ok(end);
    end();
    end();
    await second;
    assert.equal(order, ['other key', 'second']);
  });

  test('no more than a few wait', async () => {
    const turns = createTurns(2);
    const first = await turns.take('a');
    const second = turns.take('a');
    assert.is(await turns.take('a'), undefined);
    first?.();
    (await second)?.();
    assert.ok(await turns.take('a'));
  });
});
