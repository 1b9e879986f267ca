import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { createStopSource } from '../../../device/feed/stop-source.ts';
import { suite, type TestContext } from '../../harness.ts';
import { temporaryDirectory } from '../../temporary.ts';

const qianmen = { id: '2-07', zh: '前门', en: 'Qianmen', lat: 39.8986, lon: 116.3917 };

function source(context: TestContext) {
  const directory = temporaryDirectory(context);
  const logged: string[] = [];
  const log = (event: string, fields?: object) => void logged.push(`${event} ${JSON.stringify(fields)}`);
  let file: string | undefined;
  let count = 0;
  const stops = createStopSource('2', () => file, { debug: log, info: log, warn: log, error: log });
  return {
    logged,
    /** The feed brings this text; undefined: its file is gone. */
    bring(text: string | undefined): readonly string[] {
      count++;
      file = text === undefined ? undefined : join(directory, `${count}.lines.json`);
      if (file !== undefined && text !== undefined) writeFileSync(file, text);
      stops.reload();
      return stops.current().map(({ id }) => id);
    },
    current: stops.current,
    route: stops.route,
  };
}

const muxiyuan = { id: '2-02', zh: '木樨园桥北', en: 'Muxiyuanqiao North', lat: 39.8606, lon: 116.3934 };
const both = { line: '2', stops: [muxiyuan, qianmen] };
const north = { stops: ['2-02', '2-07'], alongM: [0, 4300.5] };
const south = { stops: ['2-07', '2-02'], alongM: [0, 4310] };

const lines = (...of: readonly object[]) => JSON.stringify({ lines: of });

suite('stop source', test => {
  test("takes its own line's stops, and leaves aside what it does not know", context => {
    const { bring, current } = source(context);
    const more = { ...qianmen, direction: 'north' };
    assert.equal(bring(lines({ line: '6', stops: 5 }, { line: '2', stops: [more], operator: 1 })), ['2-07']);
    assert.equal(current(), [
      {
        id: '2-07',
        name: { zh: '前门', en: 'Qianmen' },
        position: { latitudeDeg: 39.8986, longitudeDeg: 116.3917 },
      },
    ]);
  });

  test('a line without stops, no such line, no line at all: no stop, and nothing wrong', context => {
    const { bring, logged } = source(context);
    for (const text of [lines({ line: '2' }, { line: '6' }), lines({ line: '6' }), lines()]) {
      assert.equal(bring(text), []);
    }
    assert.not.ok(logged.some(entry => entry.startsWith('stops-refused')));
  });

  test('a newer file without stops takes them away', context => {
    const { bring } = source(context);
    bring(lines({ line: '2', stops: [qianmen] }));
    assert.equal(bring(lines({ line: '2' })), []);
  });

  test('the ways of its line are its route; without any there is none', context => {
    const { bring, route } = source(context);
    assert.is(route(), undefined);
    bring(lines({ line: '6', ways: 5 }, { ...both, ways: [{ ...north, headsign: '前门' }, south] }));
    assert.equal(route(), {
      line: '2',
      patterns: [
        {
          stops: [
            { id: '2-02', alongM: 0 },
            { id: '2-07', alongM: 4300.5 },
          ],
        },
        {
          stops: [
            { id: '2-07', alongM: 0 },
            { id: '2-02', alongM: 4310 },
          ],
        },
      ],
    });
    bring(lines({ ...both, ways: [] }));
    assert.is(route(), undefined);
    bring(lines({ ...both, ways: [north] }));
    assert.is(route()?.patterns.length, 1);
    assert.equal(bring(lines(both)), ['2-02', '2-07'], 'from a feed that knows no ways');
    assert.is(route(), undefined);
  });

  const of = (way: object) => lines({ ...both, ways: [north, way] });
  const damaged = {
    'ways of another kind': lines({ ...both, ways: 'many' }),
    'a way past a stop of another line': of({ stops: ['2-02', '6-01'], alongM: [0, 10] }),
    'a way that goes back': of({ stops: ['2-02', '2-07', '2-02'], alongM: [0, 4300, 4299] }),
    'a way that begins before its first stop': of({ ...north, alongM: [10, 4300] }),
    'a way without a distance': of({ ...north, alongM: [0] }),
    'a way to nowhere': of({ stops: ['2-02'], alongM: [0] }),
    'a way round the earth': of({ ...north, alongM: [0, 4e7] }),
    'no number': of({ ...north, alongM: [0, '4300'] }),
    'more ways than a line has': lines({ ...both, ways: Array.from({ length: 41 }, () => north) }),
    'no JSON': '{"lines":',
    'no lines': '{}',
    'not an object': '[]',
    null: 'null',
    'stops of another kind': lines({ line: '2', stops: 'many' }),
    'a latitude beyond the pole': lines({ line: '2', stops: [{ ...qianmen, lat: 91 }] }),
    'no coordinates': lines({ line: '2', stops: [{ id: '1', zh: '前', en: 'Q' }] }),
    'control characters': lines({ line: '2', stops: [{ ...qianmen, en: 'Qian\u001b[2Jmen' }] }),
    'a name that is longer than a screen': lines({ line: '2', stops: [{ ...qianmen, zh: '前'.repeat(40) }] }),
    'an empty name': lines({ line: '2', stops: [{ ...qianmen, zh: '' }] }),
    'the same id twice': lines({ line: '2', stops: [qianmen, qianmen] }),
    'too many stops': lines({
      line: '2',
      stops: Array.from({ length: 201 }, (_, i) => ({ ...qianmen, id: String(i) })),
    }),
    'too long': `${lines({ line: '2', stops: [qianmen] })}${' '.repeat(1 << 20)}`,
  };
  for (const [what, text] of Object.entries(damaged)) {
    test(`${what}: refused, logged once, the stops before kept`, context => {
      const { bring, logged, route } = source(context);
      bring(lines({ ...both, ways: [south] }));
      const before = route();
      assert.equal(bring(text), ['2-02', '2-07']);
      assert.is(logged.filter(entry => entry.startsWith('stops-refused')).length, 1);
      assert.equal(bring(undefined), ['2-02', '2-07']);
      assert.is(route(), before);
    });
  }
});
