/** The difference of two tables is that of their bags of lines, however they were edited. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import * as assert from 'uvu/assert';
import { WrongUsage } from '../../../../device/kit/errors.ts';
import { diffTables, type TableDiff } from '../../../../sync/publisher/table/table-diff.ts';
import { suite, type TestContext } from '../../../harness.ts';
import { temporaryDirectory } from '../../../temporary.ts';

const header = 'medium,account,person,status';

function createDiff(context: TestContext) {
  const directory = temporaryDirectory(context);
  const [before, after] = [join(directory, 'before.csv'), join(directory, 'after.csv')];
  return (old: string | Uint8Array, fresh: string | Uint8Array, maxLines = 100_000) => {
    writeFileSync(before, old);
    writeFileSync(after, fresh);
    return diffTables(before, after, maxLines);
  };
}

function table(lines: readonly string[]): string {
  return [header, ...lines].map(line => `${line}\n`).join('');
}

function numbered(count: number, first = 0): string[] {
  return Array.from({ length: count }, (_, index) => `line ${first + index}`);
}

/** Lines of `a` that `b` does not have, as often as it does not have them. */
function surplus(a: readonly string[], b: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const line of b) counts.set(line, (counts.get(line) ?? 0) + 1);
  return a.filter(line => {
    const left = counts.get(line) ?? 0;
    counts.set(line, left - 1);
    return left <= 0;
  });
}

function inOrder(diff: TableDiff | undefined) {
  return diff && { removed: diff.removed.toSorted(), added: diff.added.toSorted() };
}

function expected(old: readonly string[], fresh: readonly string[]) {
  return { removed: surplus(old, fresh).toSorted(), added: surplus(fresh, old).toSorted() };
}

/** Few different lines, so that many come twice; also some that only begin or end alike. */
const line = fc.oneof(
  fc.integer({ min: 0, max: 30 }).map(number => `line ${number}`),
  fc.constantFrom('line', 'line 1 ', ' line 1', '王,green', '王,red', 'x'.repeat(300)),
);
const edit = fc.record({
  kind: fc.constantFrom('insert', 'delete', 'change', 'swap', 'move'),
  at: fc.nat(),
  to: fc.nat(),
  lines: fc.array(line, { minLength: 1, maxLength: 100 }),
});

function applied(
  lines: readonly string[],
  edits: readonly (typeof edit extends fc.Arbitrary<infer E> ? E : never)[],
) {
  const edited = [...lines];
  for (const { kind, at, to, lines: given } of edits) {
    const place = at % (edited.length + 1);
    if (kind === 'insert') edited.splice(place, 0, ...given);
    if (kind === 'delete') edited.splice(place, given.length);
    if (kind === 'change') edited.splice(place, given.length, ...given);
    if (kind === 'swap') edited.splice(place, 2, ...edited.slice(place, place + 2).reverse());
    if (kind === 'move') edited.splice(to % (edited.length + 1), 0, ...edited.splice(place, given.length));
  }
  return edited;
}

suite('table diff', test => {
  test('is that of the bags of lines, for edited tables', async context => {
    const diff = createDiff(context);
    const base = fc.oneof(
      fc.array(line, { maxLength: 300 }),
      fc.nat(400).map(count => numbered(count)),
    );
    await fc.assert(
      fc.asyncProperty(base, fc.array(edit, { maxLength: 8 }), async (old, edits) => {
        const fresh = applied(old, edits);
        assert.equal(inOrder(await diff(table(old), table(fresh))), expected(old, fresh));
      }),
    );
  });

  test('is that of the bags of lines, for shuffled and unrelated tables', async context => {
    const diff = createDiff(context);
    const shuffled = fc
      .shuffledSubarray(numbered(200), { minLength: 150 })
      .map(fresh => ({ old: numbered(200), fresh }));
    const unrelated = fc.record({ old: fc.array(line), fresh: fc.array(line) });
    await fc.assert(
      fc.asyncProperty(fc.oneof(shuffled, unrelated), async ({ old, fresh }) => {
        assert.equal(inOrder(await diff(table(old), table(fresh))), expected(old, fresh));
      }),
    );
  });

  test('of tables larger than what is read at once, with blocks put in, taken out and moved', async context => {
    const diff = createDiff(context);
    const old = numbered(200_000).map(text => `${text} ${'of a table'.repeat(4)}`);
    const fresh = old.map((text, index) => (index % 997 === 5 ? `${text} changed` : text));
    fresh.splice(150_000, 0, ...numbered(3000, 1_000_000));
    fresh.splice(120_000, 500);
    fresh.push(...fresh.splice(1000, 2000));
    const found = await diff(table(old), table(fresh));
    assert.equal(inOrder(found), expected(old, fresh));
    assert.is(found?.header, header);
  });

  test('line ends, a byte order mark and empty lines are no differences', async context => {
    const diff = createDiff(context);
    const none = { header, removed: [], added: [] };
    const text = table(numbered(100));
    assert.equal(await diff(text, text.replaceAll('\n', '\r\n')), none);
    assert.equal(await diff(text, text.slice(0, -1)), none);
    assert.equal(await diff(`\ufeff${text.replaceAll('\n', '\r\n').slice(0, -2)}`, text), none);
    assert.equal(await diff(text, `${text}\n\n`), none);
    assert.equal(await diff(`${header}\n`, header), none);
    assert.equal(await diff(text, `${text}line 100`), { ...none, added: ['line 100'] });
  });

  test('is given up when it has more lines than are wanted', async context => {
    const diff = createDiff(context);
    const [old, fresh] = [table(numbered(10)), table(numbered(10, 2))];
    assert.is((await diff(old, fresh, 4))?.added.length, 2);
    assert.is(await diff(old, fresh, 3), undefined);
  });

  test('is given up when too many lines are out of their places', async context => {
    const diff = createDiff(context);
    const [first, second] = [numbered(12_000), numbered(12_000, 12_000)];
    const [old, fresh] = [table([...first, ...second]), table([...second, ...first])];
    assert.is(await diff(old, fresh, 0), undefined);
    assert.equal(await diff(old, fresh, 10_000), { header, removed: [], added: [] });
  });

  test('is given up for another header, or none', async context => {
    const diff = createDiff(context);
    assert.is(await diff(table([]), `${header},more\n`), undefined);
    assert.is(await diff('', table([])), undefined);
    assert.is(await diff('', ''), undefined);
  });

  test('is given up for a quote anywhere, a long line or one not in UTF-8', async context => {
    const diff = createDiff(context);
    const quoted = numbered(100).with(3, '"line\n3"');
    assert.is(await diff(table(quoted), table(quoted)), undefined);
    assert.is(await diff(table(numbered(100)), table(quoted)), undefined);
    assert.is(await diff(table(['a']), table(['a', 'x'.repeat(5000)])), undefined);
    const latin1 = Buffer.from(table(['a', '\xe4']), 'latin1');
    assert.is(await diff(table(['a']), latin1), undefined);
    assert.is((await diff(table(['a']), table(['a', '\ufffd'])))?.added[0], '\ufffd');
  });

  test('no such file, a directory', async context => {
    const directory = temporaryDirectory(context);
    const missing = await diffTables(join(directory, 'none'), directory, 1).catch(error => error);
    assert.ok(missing instanceof WrongUsage);
    assert.match(missing.message, /none: ENOENT/);
    const noFile = await diffTables(directory, directory, 1).catch(error => error);
    assert.ok(noFile instanceof WrongUsage);
    assert.match(noFile.message, /EISDIR/);
  });
});
