/** What counts as alive: a tap that could be taken, and nothing else. */
import * as assert from 'uvu/assert';
import type { Log } from '../../../device/kit/log.ts';
import { watchLiveness } from '../../../device/liveness/liveness.ts';
import { suite, type TestContext, until } from '../../harness.ts';

const hanging = 'a tap hangs';

/** A validator whose rehearsals end as the test says. */
function watched({ after }: TestContext) {
  const waiting: ((couldTap: boolean) => void)[] = [];
  const said: string[] = [];
  let alive = 0;
  const log: Log = {
    debug() {},
    info() {},
    warn() {},
    error: (event, fields) => said.push(`${event}: ${fields?.why}`),
  };
  const rehearse = () => new Promise<boolean>(resolve => waiting.push(resolve));
  after(watchLiveness({ rehearse, everyMs: 1, alive: () => alive++, log }));
  return {
    said,
    alive: () => alive,
    async rehearsal(couldTap: boolean) {
      const end = await until('a rehearsal', () => waiting.shift());
      end(couldTap);
      await Promise.resolve();
    },
  };
}

suite('liveness', test => {
  test('each rehearsal that goes well is told', async context => {
    const { rehearsal, alive, said } = watched(context);
    assert.is(alive(), 0);
    for (const times of [1, 2, 3]) {
      await rehearsal(true);
      await until('it is told', () => alive() === times);
    }
    assert.equal(
      said.filter(line => !line.includes(hanging)),
      [],
    );
  });

  test('a journal that takes no row is not alive, which is logged once, until it takes one', async context => {
    const { rehearsal, alive, said } = watched(context);
    await rehearsal(false);
    await until('it is logged', () => said.length > 0);
    for (let i = 0; i < 3; i++) await rehearsal(false);
    assert.is(said.length, 1);
    assert.is(alive(), 0);
    await rehearsal(true);
    await until('it lives', () => alive() === 1);
  });

  test('a tap that hangs is not alive, and no second one waits behind it', async context => {
    const { rehearsal, alive, said } = watched(context);
    await until('it is logged', () => said.length > 0);
    assert.equal(said, [`not-alive: ${hanging}`]);
    assert.is(alive(), 0);
    await rehearsal(true);
    await until('it lives', () => alive() === 1);
  });
});
