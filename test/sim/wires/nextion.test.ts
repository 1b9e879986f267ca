/** The simulated Nextion is as strict as the instruction set says. */
import * as assert from 'uvu/assert';
import { createNextionMachine, type NextionOptions } from '../../../sim/wires/nextion/machine.ts';
import { suite, until } from '../../harness.ts';

function powered(options: NextionOptions = {}) {
  let said = '';
  const machine = createNextionMachine(options, {
    answer: bytes => {
      said += Buffer.from(bytes).toString('hex').replaceAll('ffffff', ' ');
    },
    changed: () => {},
  });
  const end = Buffer.of(0xff, 0xff, 0xff);
  return {
    machine,
    /** @returns what it answered, in hex */
    tell(...instructions: string[]): string {
      said = '';
      for (const text of instructions) machine.write(Buffer.concat([Buffer.from(text, 'latin1'), end]));
      return said.trim();
    },
    said: () => said.trim(),
  };
}

suite('simulated Nextion', test => {
  test('answers as bkcmd says: failures by default, nothing, successes, or all', () => {
    const { tell } = powered();
    assert.is(tell('dim=50', 'nonsense'), '00');
    assert.is(tell('bkcmd=0', 'nonsense', 'dim=50'), '');
    assert.is(tell('bkcmd=1', 'dim=50', 'nonsense'), '01 01');
    assert.is(tell('bkcmd=3', 'dim=50', 'nonsense'), '01 01 00');
  });

  test('says what is wrong with an instruction', () => {
    const { tell } = powered();
    const wrong = {
      '': '00',
      'PAGE screen': '00',
      'page nowhere': '03',
      'click nobody,1': '02',
      'zh.colour=1': '1a',
      'nobody.txt="a"': '1a',
      'zh.txt=5': '1b',
      'zh.txt="a': '1b',
      'zh.txt="a"b"': '1b',
      'zh.txt="a\\n"': '20',
      'light.bco=70000': '1b',
      'get nothing': '1a',
    };
    for (const [text, code] of Object.entries(wrong)) assert.is(tell(text), code, text);
  });

  test('tells its page, its numbers and its texts, and forgets a page’s when it is left', () => {
    const { tell } = powered();
    assert.is(
      tell('sendme', 'get dp', 'get 513', 'light.pco=7', 'get light.pco'),
      '6601 7101000000 7101020000 7107000000',
    );
    assert.is(tell('zh.txt="a\\r\\"b\\\\"', 'get zh.txt'), '70610d0a22625c');
    assert.is(tell('page other', 'get light.pco', 'page screen', 'get zh.txt'), '1a 70');
  });

  test('keeps no more of a text than the component holds, and shows what its rows hold', () => {
    const { tell, machine } = powered({ encoding: 'utf-8' });
    tell(`en.txt="${'x'.repeat(300)}"`);
    assert.equal(machine.lines(), ['', 'x'.repeat(40), 'x'.repeat(40), '']);
  });

  test('loses what does not fit its buffer, and says so', async () => {
    const { tell, machine, said } = powered();
    machine.setPace(5);
    assert.is(
      tell('bkcmd=3', ...Array.from({ length: 40 }, () => `info.txt="${'x'.repeat(50)}"`)).split(' ')[0],
      '24',
    );
    await until('it to go on', () => said().endsWith('01'));
    assert.ok(
      said()
        .split(' ')
        .filter(code => code === '01').length < 30,
    );
    machine.powerOn();
  });

  test('asleep does nothing but get and sleep, and says so only when it fell asleep by itself', () => {
    const { tell, machine } = powered();
    assert.is(
      tell('bkcmd=3', 'sleep=1', 'dim=5', 'sendme', 'get dp', 'sleep=0', 'get dim'),
      '01 01 7101000000 01 7164000000',
    );
    machine.fallAsleep();
    assert.equal(machine.lines(), []);
    assert.is(machine.light(), 'off');
  });

  test('starts with its message, unless the project has none, and with everything forgotten', () => {
    for (const announces of [true, false]) {
      const { tell, machine, said } = powered({ announces });
      tell('bkcmd=3', 'zh.txt="a"');
      machine.powerOn();
      assert.is(said(), announces ? '01 01 000000 88' : '01 01');
      assert.is(tell('get bkcmd', 'get zh.txt'), '7102000000 70');
    }
  });

  test('in reparse mode takes nothing but the way out of it', () => {
    const { tell } = powered();
    assert.is(tell('bkcmd=3', 'recmod=1', 'dim=5', 'get dim', 'recmod=0'), '01 01');
    const exit = 'DRAKJHSUYDGBNCJHGJKSHBDN';
    assert.is(tell(exit, 'get dim', exit), '7164000000 00');
  });

  test('holds instructions up between com_stop and com_star', () => {
    const { tell } = powered();
    assert.is(tell('bkcmd=3', 'com_stop', 'dim=5', 'get dim'), '01');
    assert.is(tell('com_star', 'get dim'), '01 01 7105000000 7105000000');
  });

  test('of an older project answers `get` twice, as far as bkcmd says so', () => {
    const { tell } = powered({ confirmsGet: true });
    assert.is(tell('get dim', 'bkcmd=3', 'get dim'), '7164000000 01 7164000000 01');
  });
});
