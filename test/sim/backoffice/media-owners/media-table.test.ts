/** Tables of who owns what: strict, every bad line named by its number and never by what it holds, nothing half-imported. */
import fc from 'fast-check';
import iconv from 'iconv-lite';
import * as assert from 'uvu/assert';
import { comparableName, regularPhone } from '../../../../sim/backoffice/registration/identity.ts';
import { suite } from '../../../harness.ts';
import { card, makeSmallOffice, owner, rideCode, tableOf, thrownBy } from '../small-office.ts';

const header = 'phone,name,medium,account';
const [anna, ben] = [owner(1), owner(2)];

suite('media table', test => {
  test('each owner has the media of all lines; what is not ours is only known to be there', async context => {
    const { mediaOwners, importTable } = await makeSmallOffice(context);
    const report = await importTable(`${tableOf([anna, ben])}${anna.phone},${anna.name},shenzhen-tong,X-1\n`);
    assert.equal(report, { persons: 2, media: 4, moved: 0 });
    assert.equal(await mediaOwners.mediaOf(anna), { media: anna.media, hasForeignMedia: true });
    assert.equal(await mediaOwners.mediaOf(ben), { media: ben.media, hasForeignMedia: false });
    assert.equal(await mediaOwners.mediaOf({ ...anna, name: ben.name }), {
      media: [],
      hasForeignMedia: false,
    });
  });

  test('every bad line is named by its number, and nothing is imported', async context => {
    const { mediaOwners, importTable } = await makeSmallOffice(context);
    const lines = [
      header,
      `${anna.phone},${anna.name},t-union,${card(1).account}`,
      `12345678901,${anna.name},t-union,${card(2).account}`,
      `${anna.phone},,t-union,${card(3).account}`,
      `${anna.phone},<script>,t-union,${card(4).account}`,
      '',
      `${anna.phone},${anna.name},t-union,123`,
      `${anna.phone},${anna.name},<bad>,1`,
      `${anna.phone},${anna.name},t-union`,
      `${ben.phone},${ben.name},t-union,${card(1).account}`,
      `${ben.phone},"${ben.name}`,
    ];
    const { message } = await thrownBy(() => importTable(lines.join('\n')));
    const named = message.split('\n').map(line => Number(/: line (\d+): /.exec(line)?.[1]));
    assert.equal([...new Set(named)], [3, 4, 5, 7, 8, 9, 10, 11]);
    for (const secret of [anna.name, anna.phone, '12345678901', card(1).account])
      assert.is(message.includes(secret), false, secret);
    assert.match(message, /line 10: the medium is in line 2 already/);
    assert.equal(await mediaOwners.mediaOf(anna), { media: [], hasForeignMedia: false });
  });

  for (const [what, text] of [
    ['another header', `name,phone,medium\n`],
    ['nothing', ''],
    ['bytes that are no text', Buffer.from([0xff, 0xfe, 0x0a])],
  ] as const) {
    test(`${what}: refused`, async context => {
      const { importTable } = await makeSmallOffice(context);
      const error = await thrownBy(() => importTable(text as string));
      assert.match(error.message, /header must be|not UTF-8|UTF-16/);
    });
  }

  test('imported again: new lines are added, what the table does not name stays', async context => {
    const { mediaOwners, importTable } = await makeSmallOffice(context, [anna, ben]);
    await importTable(tableOf([{ ...anna, media: [card(50)] }]));
    const { media } = await mediaOwners.mediaOf(anna);
    assert.equal(new Set(media), new Set([...anna.media, card(50)]));
    assert.equal((await mediaOwners.mediaOf(ben)).media, ben.media);
  });

  test('a card that is somebody else’s now carries nobody’s health code any more', async context => {
    const { mediaOwners, store, importTable } = await makeSmallOffice(context, [anna, ben]);
    await store.people.register(anna, anna.media, { at: 1, textVersion: 'v', basis: 'consent' });
    const report = await importTable(tableOf([{ ...ben, media: [card(1)] }]));
    assert.is(report.moved, 1);
    assert.equal((await store.people.find(anna))?.links, [rideCode(1)]);
    assert.equal((await mediaOwners.mediaOf(anna)).media, [rideCode(1)]);
    await importTable(tableOf([{ ...ben, media: [rideCode(1)] }]));
    assert.is(await store.people.find(anna), undefined, 'nothing left to be registered with');
  });

  test('odd but right: quotes, CRLF, a mark of order, full-width digits, groups, capitals, names of others', async context => {
    const { mediaOwners, importTable } = await makeSmallOffice(context);
    const grouped = card(1).account.replace(/(.{4})/g, '$1 ');
    const lines = [
      '\ufeff"phone","name","medium","account"',
      `１３８００００００１１,"张三",T-Union,"${grouped}"`,
      `"+86 138-0000-0012",张三,Ride-Code,${rideCode(2).account.toUpperCase()}`,
      '13800000011,张三,支付宝 乘车码,2088-1',
      '13800000012,李四,beijing_subway,X',
      '',
    ];
    await importTable(lines.join('\r\n'));
    const owned = (name: string, phone: string) => mediaOwners.mediaOf({ name, phone });
    assert.equal(await owned('张三', '13800000011'), { media: [card(1)], hasForeignMedia: true });
    assert.equal(await owned('张三', '13800000012'), { media: [rideCode(2)], hasForeignMedia: false });
    assert.equal(await owned('李四', '13800000012'), { media: [], hasForeignMedia: true });
  });

  test('a table of a spreadsheet in GB18030: who is in it is found as people type', async context => {
    const { mediaOwners, importTable } = await makeSmallOffice(context);
    const rows = [
      '姓名;手机号;卡号;卡类型;;',
      `王　伟;0086 138-0000-0001;="${card(1).account}";T-Union;;`,
      `\ue863敏;'13800000002;${card(2).account};t_union;;`,
      ';;;;;',
    ];
    const file = iconv.encode(rows.join('\r\n'), 'gb18030');
    assert.is((await importTable(file as unknown as string)).media, 2);
    const found = async (typed: string, phone: string) =>
      (await mediaOwners.mediaOf({ name: comparableName(typed), phone: regularPhone(phone) })).media;
    assert.equal(await found('\u200e王伟', '(+86)13800000001'), [card(1)]);
    assert.equal(await found('䶮敏', 'tel:138.0000.0002'), [card(2)]);
  });

  test('names are the same however they are typed', async context => {
    const { mediaOwners, importTable } = await makeSmallOffice(context);
    await importTable(`${header}\n13800000001,ＬＩ　 Wei•Bo,t-union,${card(1).account}\n`);
    assert.is((await mediaOwners.mediaOf({ phone: '13800000001', name: 'li wei·bo' })).media.length, 1);
  });

  test('whatever the table holds: all of it or nothing, and never an unexpected error', async context => {
    const { mediaOwners, importTable } = await makeSmallOffice(context);
    const field = fc.oneof(
      fc.constantFrom(
        anna.phone,
        anna.name,
        't-union',
        card(7).account,
        '"',
        ',',
        '\r',
        '\0',
        'x'.repeat(5000),
      ),
      fc.string({ unit: 'binary', maxLength: 12 }),
    );
    const line = fc.array(field, { maxLength: 6 }).map(fields => fields.join());
    let tables = 0;
    const anything = fc.asyncProperty(fc.array(line, { maxLength: 6 }), async lines => {
      const fresh = owner(1000 + ++tables);
      const text = [tableOf([fresh]).trimEnd(), ...lines].join('\n');
      const error = await importTable(text).then(
        () => undefined,
        (thrown: Error) => thrown,
      );
      if (error !== undefined) assert.is(error.name, 'WrongUsage', String(error));
      assert.equal((await mediaOwners.mediaOf(fresh)).media, error === undefined ? fresh.media : []);
    });
    await fc.assert(anything, { numRuns: 60 });
  });
});
