import * as assert from 'uvu/assert';
import { messageOf } from '../../../device/kit/errors.ts';
import { parseJson } from '../../../device/kit/located-json.ts';
import { suite } from '../../harness.ts';

suite('JSON with places', test => {
  for (const [text, place] of [
    ['root:x:0:0:root:/root:/bin/bash\ndaemon:x', 'line 1, column 1'],
    ['secret', 'line 1, column 1'],
    ['{"a": secret}', 'line 1, column 7'],
    ['{"a": 1,\n "secret" 2}', 'line 2, column 11'],
    ['[1,\n2,\n]', 'line 3, column 1'],
    ['{"secret":"x\ny"}', 'line 1, column 13'],
    ['{"a":1} secret', 'line 1, column 9'],
    ['{"a":"secret', 'line 1, column 13'],
    ['{"a":nulk}', 'line 1, column 9'],
    ['', 'line 1, column 1'],
    [`[${'"secret",\n'.repeat(5000)}x]`, 'line 5001, column 1'],
  ] as const) {
    test(`${JSON.stringify(text.slice(0, 40))}: ${place}, and no word of it`, () => {
      try {
        parseJson(text);
        assert.unreachable();
      } catch (error) {
        assert.is(messageOf(error), `not JSON: ${place}`);
      }
    });
  }

  test('what is nested too deep is refused before the engine takes memory for it', () => {
    const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);
    parseJson(nested(100));
    for (const text of [nested(101), '['.repeat(3_000_000), '{"]":'.repeat(101), '["\\"]",'.repeat(101)]) {
      assert.throws(() => parseJson(text), /^nested more than 100 deep$|nested more than 100 deep/);
    }
    assert.equal(parseJson(`["${'['.repeat(200)}"]`), ['['.repeat(200)]);
  });

  test('what is JSON is read; the engine’s own message never quotes either', () => {
    assert.equal(parseJson('{"a":[1,"x"]}'), { a: [1, 'x'] });
    try {
      JSON.parse('secret');
      assert.unreachable();
    } catch (error) {
      assert.is(messageOf(error), 'not JSON');
    }
  });
});
