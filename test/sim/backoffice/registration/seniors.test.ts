/** Cards linked without application: tried first, whole or not at all, and never over a withdrawal. */
import * as assert from 'uvu/assert';
import { suite } from '../../../harness.ts';
import { card, makeSmallOffice, owner, rideCode, tableOf, thrownBy } from '../small-office.ts';

const cardsOf = (i: number) => ({ ...owner(i), media: [card(i)] });
const now = Date.UTC(2022, 4, 31);

suite('without application', test => {
  test('a dry run tells what would be done, and does nothing', async context => {
    const { store, table } = await makeSmallOffice(context);
    const file = table(tableOf([cardsOf(1), cardsOf(2)]));
    const report = { persons: 2, media: 2, unchanged: 0, withdrawn: 0 };
    assert.equal(await store.importSeniors(file, { now, isDryRun: true }), report);
    assert.is((await store.people.counts()).persons, 0);
    assert.equal(await store.importSeniors(file, { now, isDryRun: false }), report);
    const found = await store.people.find(owner(1));
    assert.equal(found?.links, [card(1)]);
    assert.equal(found?.consent, {
      at: now,
      textVersion: 'without-application',
      basis: 'without-application',
    });
    const again = await store.importSeniors(file, { now, isDryRun: false });
    assert.equal(again, { persons: 0, media: 0, unchanged: 2, withdrawn: 0 });
  });

  test('bad lines are named, ride codes among them, and nothing is linked', async context => {
    const { store, table } = await makeSmallOffice(context);
    const bad = { ...owner(2), media: [rideCode(2)] };
    const file = table(`${tableOf([cardsOf(1), bad])}1,2,3\n`);
    const { message } = await thrownBy(() => store.importSeniors(file, { now, isDryRun: false }));
    assert.match(message, /line 3: medium: only cards .*\n.*line 4: has 3 fields/);
    assert.is((await store.people.counts()).persons, 0);
  });

  test('who has withdrawn stays out', async context => {
    const { store, table } = await makeSmallOffice(context);
    const file = table(tableOf([cardsOf(1), cardsOf(2)]));
    await store.importSeniors(file, { now, isDryRun: false });
    await store.people.withdraw(owner(1), now + 1);
    const report = await store.importSeniors(file, { now: now + 2, isDryRun: false });
    assert.equal(report, { persons: 0, media: 0, unchanged: 1, withdrawn: 1 });
    assert.is(await store.people.find(owner(1)), undefined);
  });

  test('thousands, page by page', async context => {
    const { store, table } = await makeSmallOffice(context);
    const many = Array.from({ length: 2500 }, (_, i) => cardsOf(i));
    const report = await store.importSeniors(table(tableOf(many)), { now, isDryRun: false });
    assert.is(report.persons, 2500);
    assert.is((await store.people.counts()).links, 2500);
  });
});
