/** A schema for texts that are read again and again makes each of the newest once, and refuses what it would refuse. */
import * as assert from 'uvu/assert';
import { z } from 'zod';
import { checkYaml, FileProblems, forRepeatedTexts, section } from '../../../device/kit/yaml-file.ts';
import { suite } from '../../harness.ts';

function counted() {
  let made = 0;
  const count = z
    .number()
    .max(9)
    .transform(value => ({ value, made: ++made }));
  return { schema: forRepeatedTexts(section({ count })), plain: section({ count }), made: () => made };
}

const read = <T>(schema: z.ZodType<T>, count: number) => checkYaml(`count: ${count}`, 'file.yaml', schema);

suite('repeated texts', test => {
  test('the same text is made once, another one anew', () => {
    const { schema, made } = counted();
    assert.is(read(schema, 1), read(schema, 1));
    assert.is(read(schema, 2).count.value, 2);
    assert.is(read(schema, 1).count.value, 1);
    assert.is(made(), 2);
  });

  test('only the newest are kept', () => {
    const { schema, made } = counted();
    for (const count of [1, 2, 3, 4, 1]) read(schema, count);
    assert.is(made(), 5);
  });

  test('what is refused is refused each time, after a good text too, and names the file that it is in', () => {
    const { schema } = counted();
    read(schema, 1);
    for (const file of ['a.yaml', 'b.yaml'])
      assert.throws(
        () => checkYaml('count: 10', file, schema),
        (error: unknown) => error instanceof FileProblems && error.message.startsWith(`${file}: line 1`),
      );
    assert.is(read(schema, 1).count.value, 1);
  });

  test('other schemas make each text anew', () => {
    const { schema, plain, made } = counted();
    read(schema, 1);
    assert.is.not(read(plain, 1), read(plain, 1));
    assert.is(made(), 3);
  });
});
