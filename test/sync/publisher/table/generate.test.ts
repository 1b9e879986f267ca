import * as assert from 'uvu/assert';
import { generatePeople } from '../../../../sync/publisher/table/generate.ts';
import { type Link, parsePeople } from '../../../../sync/publisher/table/people.ts';
import { suite } from '../../../harness.ts';

function generate(links: number, seed = 7): string {
  return [...generatePeople({ links, seed })].join('');
}

function counts(values: Iterable<string | number>): Record<string, number> {
  const result: Record<string, number> = {};
  for (const value of values) result[value] = (result[value] ?? 0) + 1;
  return result;
}

function isNear(found: number | undefined, share: number, of: number): boolean {
  // Five standard deviations
  return Math.abs((found ?? 0) - share * of) < 5 * Math.sqrt(share * (1 - share) * of);
}

function byPerson(links: readonly Link[]): Map<string, Link[]> {
  const persons = new Map<string, Link[]>();
  for (const link of links) persons.set(link.person, [...(persons.get(link.person) ?? []), link]);
  return persons;
}

suite('generated people', test => {
  const rows = 129_000;
  const links = parsePeople(generate(rows), 'generated');

  test('as many as asked for, in whole lines, some thousand at a time', () => {
    assert.is(links.length, rows);
    for (const count of [0, 1, 4096, 4097]) {
      const chunks = [...generatePeople({ links: count, seed: 1 })];
      assert.is(parsePeople(chunks.join(''), 'generated').length, count);
      assert.is(chunks.length, count > 4096 ? 2 : 1);
      assert.ok(chunks.every(chunk => chunk.endsWith('\n')));
    }
  });

  test('the same for a seed; a larger table begins with the smaller; other seeds give others', () => {
    assert.is(generate(5000), generate(5000));
    assert.ok(generate(9000).startsWith(generate(5000)));
    const accounts = (seed: number) =>
      parsePeople(generate(5000, seed), 'generated').map(link => link.account);
    const first = new Set(accounts(7));
    assert.is(
      accounts(8).some(account => first.has(account)),
      false,
    );
  });

  test('no account comes twice, and each is of its kind', () => {
    assert.is(new Set(links.map(link => `${link.medium} ${link.account}`)).size, rows);
    const starts = { 't-union': '31051', bmac: '1000', 'ride-code': '' };
    assert.ok(links.every(({ medium, account }) => account.startsWith(starts[medium])));
  });

  test('media and statuses are mixed as they should be', () => {
    const media = counts(links.map(link => link.medium));
    assert.ok(isNear(media['t-union'], 0.6, rows));
    assert.ok(isNear(media.bmac, 0.15, rows));
    assert.ok(isNear(media['ride-code'], 0.25, rows));
    const persons = [...byPerson(links).values()];
    const statuses = counts(persons.map(([link]) => link?.status ?? ''));
    const shares = { green: 0.97, yellow: 0.02, red: 0.006, popup: 0.003, unknown: 0.001 };
    for (const [status, share] of Object.entries(shares)) {
      assert.ok(isNear(statuses[status], share, persons.length), `${status}: ${statuses[status]}`);
    }
  });

  test('a quarter of the persons have two media, some three; all of one person have one status', () => {
    const persons = [...byPerson(links).values()];
    assert.equal(counts(persons.map(media => media.length)), { 1: 73_000, 2: 25_000, 3: 2000 });
    assert.ok(persons.every(media => new Set(media.map(link => link.status)).size === 1));
  });
});
