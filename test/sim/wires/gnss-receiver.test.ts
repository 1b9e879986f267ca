import { connect } from 'node:net';
import * as assert from 'uvu/assert';
import { distanceM } from '../../../device/core/stop.ts';
import { readSentences, type Sentence } from '../../../drivers/gnss/sentence.ts';
import { along, createGnssReceiver } from '../../../sim/wires/gnss-receiver.ts';
import { epochText, sentence } from '../../../sim/wires/nmea.ts';
import { burstsOf, replayNmea } from '../../../sim/wires/nmea-replay.ts';
import { suite, type TestContext, until } from '../../harness.ts';

const position = { latitudeDeg: 39.8986, longitudeDeg: 116.3917 };
const weekMs = 7 * 86_400_000;
/** Between what a sentence says and when a busy machine gets to read it. */
const toleranceMs = 60_000;

function listen({ after }: TestContext, port: number) {
  const socket = connect(port, '127.0.0.1').on('error', () => {});
  after(() => socket.destroy());
  let text = '';
  socket.setEncoding('latin1').on('data', (chunk: string) => {
    text += chunk;
  });
  return {
    text: () => text,
    /** The next RMC that comes from now on. */
    async next(): Promise<Sentence> {
      const from = text.length;
      return until('an RMC', () =>
        text
          .slice(from)
          .split('\n')
          .slice(0, -1)
          .flatMap(line => readSentences(line).sentences)
          .find(({ type }) => type === 'RMC'),
      );
    },
  };
}

suite('simulated satellite receiver', test => {
  test('tells the time and the place, and lies as it is told', async context => {
    const receiver = await createGnssReceiver({ position, intervalMs: 100 });
    context.after(receiver.close);
    const { next, text } = listen(context, receiver.port);
    /** How far the time told is from the clock. */
    const errorMs = async () => ((await next()).time ?? Number.NaN) - Date.now();
    const fix = await next();
    assert.ok(fix.position && distanceM(fix.position, position) < 0.1);
    assert.ok(Math.abs(await errorMs()) < toleranceMs);

    receiver.setClock({ offsetMs: 7_200_000 });
    assert.ok(Math.abs((await errorMs()) - 7_200_000) < toleranceMs);
    receiver.setClock({ rolledOver: true });
    assert.ok(Math.abs((await errorMs()) + 1024 * weekMs) < toleranceMs);
    receiver.setClock({ stopped: true });
    const [first, second] = [await next(), await next()];
    assert.is(first.time, second.time);
    receiver.setClock({});

    receiver.setMode('no-fix');
    assert.is((await next()).position, undefined);
    receiver.setMode('wrong-checksums');
    const before = text().length;
    await until('three epochs', () => text().slice(before).split('RMC').length > 3);
    assert.equal(
      text()
        .slice(before)
        .split('\n')
        .slice(1)
        .flatMap(line => readSentences(line).sentences),
      [],
    );
    receiver.setMode('silent');
    await new Promise(resolve => setTimeout(resolve, 300));
    const silent = text().length;
    await new Promise(resolve => setTimeout(resolve, 300));
    assert.is(text().length, silent);
    receiver.setMode('noise');
    await until('noise', () => text().length > silent + 300);
    receiver.setMode('fix');

    receiver.setPosition({ latitudeDeg: -12.5, longitudeDeg: -77 });
    const jumped = await next();
    assert.ok(jumped.position && distanceM(jumped.position, { latitudeDeg: -12.5, longitudeDeg: -77 }) < 0.1);
    receiver.drive([position, { ...position, latitudeDeg: 40 }], 360);
    const [here, there] = [await next(), await next()];
    assert.ok((there.position?.latitudeDeg ?? 0) > (here.position?.latitudeDeg ?? 90));
  });

  test('a way, point by point', () => {
    const end = { latitudeDeg: 39.91, longitudeDeg: 116.3917 };
    const wholeM = distanceM(position, end);
    assert.equal(along([position, end], 0), position);
    assert.equal(along([position, end], wholeM * 2), end);
    assert.ok(Math.abs(distanceM(along([position, position, end], 500), position) - 500) < 1);
    assert.throws(() => along([], 0), RangeError);
  });

  test('minutes never come out as 60', () => {
    for (const deg of [39.99999999999, 0.0166666666, 89.9999999]) {
      const text = epochText({ time: 0, position: { latitudeDeg: deg, longitudeDeg: deg }, speedKmh: 0 });
      const found = readSentences(text.split('\r\n')[0] ?? '').sentences[0]?.position;
      assert.ok(Math.abs((found?.latitudeDeg ?? 0) - deg) < 1e-6, `${deg}`);
    }
  });

  test('a recorded log comes at its own pace, byte for byte, over and over', async context => {
    const epoch = (ms: number) => epochText({ time: ms, position, speedKmh: 0 });
    const junk = `${sentence('PUBX,00')}\xb5b\x01\n`;
    const log = Buffer.from(`half of a line\r\n${epoch(0)}${junk}${epoch(200)}${epoch(3_600_000)}`, 'latin1');
    const bursts = burstsOf(log);
    assert.equal(
      bursts.map(({ pauseMs }) => pauseMs),
      [200, 1000, 1000],
    );
    assert.equal(Buffer.concat(bursts.map(({ bytes }) => bytes)), log);
    const server = await replayNmea(log, 0);
    context.after(server.close);
    const { text } = listen(context, server.port);
    await until('it again', () => text().split('half of a line').length > 1 && text().includes(junk));
  });
});
