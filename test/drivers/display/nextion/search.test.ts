/** How the Nextion driver finds a display that is slow, old, or was left in another state. */
import * as assert from 'uvu/assert';
import { createExchange } from '../../../../drivers/display/nextion/exchange.ts';
import { instruction } from '../../../../drivers/display/nextion/instructions.ts';
import { createNextionDisplay } from '../../../../drivers/display/nextion/nextion.ts';
import { startSearch } from '../../../../drivers/display/nextion/search.ts';
import type { NextionMachine } from '../../../../sim/wires/nextion/machine.ts';
import { createNextionPort } from '../../../../sim/wires/nextion/nextion.ts';
import { suite, until } from '../../../harness.ts';
import { createPtyDevice } from '../../far-end.ts';
import { identity, screen, start } from './stand.ts';

const neverMs = 600_000;
const done = { kind: 'result', code: 1 } as const;

function tell(machine: NextionMachine, ...instructions: string[]): void {
  for (const text of instructions) machine.write(Buffer.from(`${text}\xff\xff\xff`, 'latin1'));
}

suite('Nextion that is looked for', test => {
  for (const pace of [40, 100]) {
    test(`is found though it takes ${pace} ms for each instruction, so that several tries are under way`, async context => {
      const { nextion, display, log, shows } = await start(context);
      nextion.machine.setPace(pace);
      await until('an answer', () => log[0]);
      nextion.machine.setPace(0);
      display.show(screen('请上车'));
      await shows('请上车');
      assert.equal(log, ['ready']);
    });
  }

  test.needing(
    'socat',
    'is found on a tty, which this one cannot open twice, though it is slow',
    async context => {
      const nextion = await createNextionPort();
      context.after(nextion.close);
      nextion.machine.setPace(60);
      const pty = createPtyDevice(context, `TCP:127.0.0.1:${nextion.port}`);
      await pty.plug();
      const display = createNextionDisplay({ ...identity, path: pty.path });
      context.after(display.close);
      const log: string[] = [];
      display.open({ ready: () => log.push('ready'), fault: error => log.push(error.message) });
      await until('an answer', () => log[0]);
      assert.equal(log, ['ready']);
    },
  );

  const states = {
    'in reparse mode': ['recmod=1'],
    'in reparse mode, which its project reads nothing in': ['recmod=1', ...Array(200).fill('page screen')],
    'asleep and in reparse mode': ['recmod=1', 'sleep=1'],
    'without answers, and in reparse mode': ['bkcmd=0', 'recmod=1'],
    'with its instructions held up': ['com_stop', 'page other'],
    'held up, in reparse mode': ['recmod=1', 'com_stop'],
  };
  for (const [state, instructions] of Object.entries(states)) {
    test(`is found ${state}`, async context => {
      const { nextion, display, log, shows } = await start(context);
      tell(nextion.machine, ...instructions);
      display.show(screen('请上车'));
      await shows('请上车');
      await until('ready', () => log.length > 0);
      assert.equal([log, nextion.machine.refused], [['ready'], []]);
    });
  }

  test('is found again when it is put into reparse mode', async context => {
    const { nextion, display, log, shows } = await start(context, { answerTimeoutMs: 800 });
    await until('ready', () => log.includes('ready'));
    tell(nextion.machine, 'recmod=1');
    await until('the fault and its end', () => {
      const fault = log.indexOf('timeout: the display does not answer', 1);
      return fault > 0 && log.includes('ready', fault);
    });
    display.show(screen('请上车'));
    await shows('请上车');
  });

  test('is found by its answer to the last number of the last try, and by nobody else’s', context => {
    const found: object[] = [];
    let sent = '';
    const search = startSearch(neverMs, {
      write: bytes => {
        sent += Buffer.from(bytes).toString('latin1');
      },
      found: how => found.push(how),
      failed: () => assert.unreachable(),
    });
    context.after(search.stop);
    const numbers = [...sent.matchAll(/sys0=(\d+)/g)].map(([, number]) => Number(number));
    const [first = 0, last = 0] = numbers;
    assert.is(numbers.length, 2);
    search.take(done);
    search.take({ kind: 'number', value: 17 });
    search.take({ kind: 'number', value: first });
    search.take({ kind: 'result', code: 0 });
    assert.equal(found, []);
    search.take({ kind: 'number', value: last });
    assert.equal(found, [{ number: last, confirmsGet: false }]);
  });
});

suite('Nextion that answers `get` twice', test => {
  for (const [missing, why] of [
    ['light', 'light.bco=0 (0x1a)'],
    ['info', 'info.txt= (0x1a)'],
    ['zh', 'zh.txt= (0x1a)'],
    ['en', 'en.txt= (0x1a)'],
    ['one', 'tsw one,1 (0x02)'],
    ['fed', 'fed.val=3 (0x1a)'],
  ] as const) {
    test(`and lacks ${missing}: the refusal names the right instruction`, async context => {
      const { display, log } = await start(context, { confirmsGet: true, missing: [missing] });
      display.show(screen('请上车'));
      await until('the fault', () => log.length > 0);
      assert.is(log[0], `protocol: the display refuses ${why}`);
    });
  }

  test('is drawn on, sounds each tone once, and is watched without a fault', async context => {
    const { nextion, display, log, shows } = await start(context, { confirmsGet: true });
    for (const headline of ['第一屏', '第二屏', '第三屏']) {
      display.show(screen(headline, 'two'));
      await shows(headline);
      await new Promise(resolve => setTimeout(resolve, 700));
    }
    assert.equal([log, nextion.machine.sounds], [['ready'], ['two', 'two', 'two']]);
  });

  /** @returns what was settled and what failed */
  function exchanged(confirmsGet: boolean) {
    const told: string[] = [];
    const exchange = createExchange(
      neverMs,
      { number: 7, confirmsGet },
      { write: () => {}, failed: (_, why) => told.push(why) },
    );
    const ask = (text: string, expects: 'done' | number) => ({
      ...instruction(text, expects),
      answered: () => told.push(text),
    });
    return { exchange, ask, told };
  }

  test('its confirmation settles no other instruction, nor one that never comes', () => {
    for (const comes of [true, false]) {
      const { exchange, ask, told } = exchanged(true);
      exchange.send([ask('a=1', 'done'), ask('get m', 9), ask('b=1', 'done'), ask('c=1', 'done')]);
      exchange.take(done); // of the search's last `get`
      exchange.take(done);
      exchange.take({ kind: 'number', value: 9 });
      if (comes) exchange.take(done);
      exchange.take({ kind: 'result', code: 0x1a });
      assert.equal(told, ['a=1', 'get m', 'the display refuses b=1 (0x1a)']);
    }
  });

  test('with the number both times: the second is no answer to the next question', () => {
    const { exchange, ask, told } = exchanged(false);
    exchange.send([ask('get m', 9), ask('m=10', 'done'), ask('get m', 10)]);
    exchange.take({ kind: 'number', value: 7 }); // again what the search was told
    for (const value of [9, 9]) exchange.take({ kind: 'number', value });
    exchange.take(done);
    for (const value of [10, 10]) exchange.take({ kind: 'number', value });
    assert.equal(told, ['get m', 'm=10', 'get m']);
    assert.ok(exchange.idle);
    exchange.stop();
  });
});
