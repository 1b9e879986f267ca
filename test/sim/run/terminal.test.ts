import { stripVTControlCharacters } from 'node:util';
import stringWidth from 'fast-string-width';
import * as assert from 'uvu/assert';
import type { Audience } from '../../../device/core/screen.ts';
import { usualPassengers } from '../../../sim/bus/passengers.ts';
import { layOut } from '../../../sim/run/terminal-layout.ts';
import { createPage } from '../../../sim/run/terminal-page.ts';
import { broken, cut, cutFront, fit } from '../../../sim/run/terminal-rows.ts';
import { suite } from '../../harness.ts';

const rule = '─'.repeat(38);
const lines = [
  `┌${rule}┐`,
  `│${' '.repeat(13)}请联系司乘人员${' '.repeat(11)}│`,
  `│${' '.repeat(8)}Please speak to the crew${' '.repeat(6)}│`,
  `└${rule}┘`,
  '♪ ♪ ♪',
];
const bus = { screen: () => ({ light: 'red', sign: '✗', lines }), passengers: usualPassengers };
const said = (_post: string, audience: Audience) =>
  audience === 'crew' ? '健康码异常' : '滴，请联系司乘人员';
const long = '维护串口的一行很长很长，比终端还要宽，'.repeat(8);
const shown = { bus, said, title: `Bus 1 · ${long}`, history: [long, 'rear: zhou-red: abnormal (red)'] };

suite('terminal of the bus', test => {
  test('no row is wider than the terminal, no more rows than it has, at any size', () => {
    for (const columns of [20, 39, 60, 79, 80, 84, 120]) {
      for (const rows of [5, 12, 24, 40, 60]) {
        const drawn = layOut(shown, { rows, columns }).map(row => stripVTControlCharacters(row));
        assert.ok(drawn.length < rows, `${columns}×${rows}: ${drawn.length} rows`);
        for (const row of drawn) assert.ok(stringWidth(row) <= columns, `${columns}×${rows}: ${row}`);
      }
    }
  });

  test('24 rows of 80 columns have all passengers, both lights, what was said and the newest lines', () => {
    const drawn = layOut(shown, { rows: 24, columns: 80 })
      .map(row => stripVTControlCharacters(row))
      .join('\n');
    for (const { id } of usualPassengers) assert.match(drawn, id);
    assert.is(drawn.split('"滴，请联系司乘人员"').length, 3);
    for (const line of lines.slice(0, 4)) assert.match(drawn, line + line);
    assert.match(drawn, /front · passenger ✗ +rear · passenger ✗/);
    assert.match(drawn, /rear: zhou-red: abnormal \(red\)$/);
    assert.not.match(drawn, '健康码异常');
    assert.match(layOut(shown, { rows: 40, columns: 80 }).join('\n'), '健康码异常');
  });

  test('a narrow terminal has the whole headline of both doors', () => {
    const drawn = layOut(shown, { rows: 24, columns: 60 })
      .map(row => stripVTControlCharacters(row))
      .join('\n');
    assert.is(drawn.match(/│ +请联系司乘人员 +│/g)?.length, 2);
    assert.is(drawn.match(/│ +Please speak to the crew +│/g)?.length, 2);
  });

  test('passengers without a letter are told of', () => {
    const [first] = usualPassengers;
    assert.ok(first !== undefined);
    const passengers = Array.from({ length: 300 }, (_, i) => ({ ...first, id: `p${i}` }));
    const drawn = layOut({ ...shown, bus: { ...bus, passengers } }, { rows: 40, columns: 84 }).join('\n');
    assert.match(drawn, '275 more: list');
  });

  test('texts are cut and broken by columns', () => {
    assert.is(cut('请上车', 6), '请上车');
    assert.is(cut('请上车', 5), '请上…');
    assert.is(cut('请上车', 4), '请…');
    assert.is(fit('请上车', 5), '请上…');
    assert.is(fit('请上', 6), '请上  ');
    assert.is(cutFront(':tap front 王', 7), '…ont 王');
    assert.equal(broken('  one two three', 8), ['  one', '  two', '  three']);
    assert.equal(broken('刷卡机刷卡机', 4), ['刷卡', '机刷', '卡机']);
    assert.equal(broken('', 4), ['']);
    // Combined characters stay together.
    assert.equal(broken('e\u0301e\u0301e\u0301', 2), ['e\u0301e\u0301', 'e\u0301']);
    assert.is(broken(long, 33).join(''), long);
  });

  test('a long answer is read page by page, to its last line', () => {
    const answer = Array.from({ length: 84 }, (_, i) => `line ${i + 1} ${'很长'.repeat(30)}`);
    const page = createPage(answer);
    const seen: string[] = [];
    const size = { rows: 40, columns: 80 };
    do {
      const rows = page.rows(size);
      assert.ok(rows.length < size.rows && rows.every(row => stringWidth(row) <= size.columns));
      seen.push(...rows.slice(0, -1));
    } while (page.press({ name: 'space' }, size));
    for (const i of answer.keys()) assert.ok(seen.some(row => row.startsWith(`line ${i + 1} `)));
    const short = createPage(['one', 'two']);
    assert.equal(short.rows(size), ['one', 'two', 'any key: leave']);
    assert.not(short.press({ name: 'space' }, size));
  });

  test('a page goes back, is measured anew after a resize, and ends with any other key', () => {
    const page = createPage(Array.from({ length: 100 }, (_, i) => `${i + 1}`));
    const size = { rows: 22, columns: 80 };
    assert.ok(page.press({ name: 'end' }, size));
    assert.is(page.rows(size).at(-2), '100');
    assert.is(page.rows({ rows: 52, columns: 80 }).at(-2), '100');
    assert.ok(page.press({ name: 'b' }, size) && page.press({ name: 'home' }, size));
    assert.is(page.rows(size)[0], '1');
    assert.not(page.press({ name: 'q' }, size));
  });
});
