/** Who withdraws is gone from the files, byte by byte, but for what the law keeps; and that goes in its time. */
import { existsSync, readFileSync } from 'node:fs';
import Database from 'better-sqlite3';
import * as assert from 'uvu/assert';
import { recordsKeptMs } from '../../../../sim/backoffice/store/retention.ts';
import { dayMs } from '../../../../sim/backoffice/store/sqlite-codes.ts';
import { suite } from '../../../harness.ts';
import { makeSmallOffice, owner, type SmallOffice } from '../small-office.ts';

const now = Date.UTC(2022, 4, 20);
const stays = owner(1);
const goes = owner(2);
const consent = { at: now, textVersion: 'v1', basis: 'consent' } as const;

/** All that is in the service's files, the log's included. */
function bytesOf({ places }: SmallOffice): Buffer {
  const files = ['', '-wal', '-shm'].map(end => places.office + end).filter(path => existsSync(path));
  return Buffer.concat(files.map(path => readFileSync(path)));
}

function query<T>({ places }: SmallOffice, sql: string, ...given: unknown[]): T[] {
  const db = new Database(places.office, { readonly: true });
  try {
    return db.prepare<unknown[], T>(sql).all(...given);
  } finally {
    db.close();
  }
}

/** What the rows of a person look like in the files. */
function tracesOf(office: SmallOffice, { name, phone }: { name: string; phone: string }): Buffer[] {
  const key = office.vault.personHash({ name, phone });
  const person = query<{ id: number; name: Buffer; phone: Buffer }>(
    office,
    'SELECT id, name, phone FROM person WHERE key = ?',
    key,
  );
  const links = query<{ account: Buffer }>(
    office,
    'SELECT account FROM link WHERE person = ?',
    person[0]?.id,
  );
  return [key, ...person.flatMap(row => [row.name, row.phone]), ...links.map(({ account }) => account)];
}

async function registerBoth(office: SmallOffice): Promise<void> {
  for (const who of [stays, goes]) {
    await office.store.people.register(who, who.media, consent);
    await office.store.codes.add(
      { session: who.phone, address: '10.0.0.1' },
      {
        code: '123456',
        request: { purpose: 'manage', name: who.name, phone: who.phone, byProxy: false },
        now,
        wrongTriesOfSharers: 3,
      },
      () => ({ sends: true, shares: false }),
    );
  }
}

suite('erasure', test => {
  test('names, phones and accounts are nowhere in clear', async context => {
    const office = await makeSmallOffice(context, [stays, goes]);
    await registerBoth(office);
    const bytes = Buffer.concat([bytesOf(office), readFileSync(office.places.register)]);
    for (const { name, phone, media } of [stays, goes]) {
      for (const text of [name, phone, ...media.map(({ account }) => account), '123456', '10.0.0.1'])
        assert.is(bytes.includes(text), false, text);
    }
  });

  test('withdrawn: no trace of the person is left in any file, those of others are', async context => {
    const office = await makeSmallOffice(context, [stays, goes]);
    await registerBoth(office);
    const [kept, erased] = [tracesOf(office, stays), tracesOf(office, goes)];
    assert.is(erased.length, 5);
    assert.ok(erased.every(trace => bytesOf(office).includes(trace)));
    assert.is(await office.store.people.withdraw(goes, now + 1), true);
    await office.store.tidy(now + 1);
    const bytes = bytesOf(office);
    assert.equal(
      erased.map(trace => bytes.includes(trace)),
      erased.map(() => false),
    );
    assert.equal(
      kept.map(trace => bytes.includes(trace)),
      kept.map(() => true),
    );
    const phone = office.vault.phoneHash(goes.phone);
    for (const table of ['code', 'shared_code'])
      assert.equal(query(office, `SELECT 1 FROM ${table} WHERE phone = ?`, phone), []);
    assert.is(await office.store.people.find(goes), undefined);
  });

  test('what the law keeps: the consent and its end, and the log, by pseudonym', async context => {
    const office = await makeSmallOffice(context);
    await registerBoth(office);
    await office.store.people.withdraw(goes, now + 1);
    const pseudonym = office.vault.pseudonym(goes);
    assert.equal(
      query(
        office,
        'SELECT at, text_version, basis, withdrawn_at FROM consent WHERE pseudonym = ?',
        pseudonym,
      ),
      [{ at: now, text_version: 'v1', basis: 'consent', withdrawn_at: now + 1 }],
    );
    assert.equal(
      query(office, 'SELECT event, detail FROM audit WHERE pseudonym = ? ORDER BY seq', pseudonym),
      [
        { event: 'registered', detail: 'consent' },
        { event: 'withdrawn', detail: null },
      ],
    );
  });

  test('after three years those are gone too; the consents that stand are not', async context => {
    const office = await makeSmallOffice(context);
    await registerBoth(office);
    await office.store.people.withdraw(goes, now + 1);
    await office.store.tidy(now + recordsKeptMs);
    assert.is(query(office, 'SELECT 1 FROM consent').length, 2);
    await office.store.tidy(now + 1 + recordsKeptMs);
    assert.equal(query(office, 'SELECT withdrawn_at FROM consent'), [{ withdrawn_at: null }]);
    assert.is(bytesOf(office).includes(office.vault.pseudonym(goes)), false);
    assert.ok(await office.store.people.find(stays));
  });

  test('codes, sessions and what was sent are forgotten when they are over', async context => {
    const office = await makeSmallOffice(context);
    const { codes } = office.store;
    const visitor = { session: 's', address: 'a' };
    const request = { purpose: 'register', name: 'a', phone: '13800000000', byProxy: false } as const;
    await codes.add(visitor, { code: '123456', request, now, wrongTriesOfSharers: 3 }, () => ({
      sends: true,
      shares: false,
    }));
    await codes.verify(visitor, { session: visitor.session, now, until: now + 600_000 }, () => ({
      verified: true,
    }));
    await codes.add(
      { ...visitor, session: 't' },
      { code: '123456', request, now, wrongTriesOfSharers: 3 },
      () => ({ sends: true, shares: false }),
    );
    const rows = () =>
      ['code', 'verified', 'sent', 'shared_code', 'traffic'].map(
        table => query(office, `SELECT 1 FROM ${table}`).length,
      );
    assert.equal(rows(), [1, 1, 2, 1, 1]);
    await office.store.tidy(now + 299_999);
    assert.equal(rows(), [1, 1, 2, 1, 1]);
    await office.store.tidy(now + 300_000);
    assert.equal(rows(), [0, 1, 2, 0, 1]);
    await office.store.tidy(now + 600_000);
    assert.equal(rows(), [0, 0, 2, 0, 1]);
    await office.store.tidy(now + dayMs);
    assert.equal(rows(), [0, 0, 0, 0, 0]);
  });
});
