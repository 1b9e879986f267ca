import { once } from 'node:events';
import { connect } from 'node:net';
import * as assert from 'uvu/assert';
import { createMp3ModulePort, type Mp3ModuleOptions } from '../../../sim/wires/mp3-module.ts';
import { suite, type TestContext, until } from '../../harness.ts';

/** Frames as the manual of YX5200 prints them, in hex. */
const playFirst = '7eff0612010001fee7ef';
const volume20 = '7eff0606010014fee0ef';
const status = '7eff0642000000feb9ef';
const done = '7eff0641000000febaef';
const error = (code: number, sum: string) => `7eff06400000${`0${code}`}fe${sum}ef`;

suite('simulated MP3 module', test => {
  async function wired(context: TestContext, options?: Mp3ModuleOptions) {
    const module = await createMp3ModulePort(options);
    context.after(module.close);
    const wire = connect(module.port, '127.0.0.1');
    context.after(() => wire.destroy());
    await once(wire, 'connect');
    let said = '';
    wire.setEncoding('hex').on('data', (hex: string) => {
      said += hex;
    });
    const send = (hex: string) => wire.write(Buffer.from(hex, 'hex'));
    const hears = (hex: string) => until(`${hex} in ${said}`, () => said.includes(hex));
    return { module, send, hears, said: () => said };
  }

  test('answers and plays as the manual has it', async context => {
    const { module, send, hears } = await wired(context);
    send(volume20);
    await hears(done);
    send(playFirst);
    await hears('7eff063d000001febdef');
    assert.equal(module.heard(), [{ track: 1, volume: 20, whole: true }]);
    send(status);
    await hears('7eff0642000200feb7ef');
    assert.is(module.lost, 0);
  });

  test('a wrong sum and a frame that is none are refused, and what comes too soon is lost', async context => {
    const { module, send, hears } = await wired(context);
    send(playFirst.replace('e7ef', 'e8ef'));
    await hears(error(4, 'b7'));
    send(playFirst.replace(/ef$/, 'ee'));
    await hears(error(3, 'b8'));
    send(volume20 + playFirst);
    await hears(done);
    assert.is(module.lost, 3);
    assert.equal(module.heard(), []);
  });

  test('busy, without its memory card, without a track, and mute', async context => {
    const { module, send, hears, said } = await wired(context, { has: track => track !== 1 });
    module.busy(true);
    send(status);
    await hears(error(1, 'ba'));
    module.busy(false);
    send(playFirst);
    await hears(error(6, 'b5'));
    module.card(false);
    await hears('7eff063b000002febeef');
    module.mute(true);
    const before = said();
    send(status);
    await new Promise(resolve => setTimeout(resolve, 100));
    assert.is(said(), before);
  });
});
