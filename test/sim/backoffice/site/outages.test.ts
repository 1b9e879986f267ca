import * as assert from 'uvu/assert';
import { DeviceError } from '../../../../device/kit/errors.ts';
import { suite } from '../../../harness.ts';
import { lin } from './fake-registration.ts';
import { startSite, titleOf } from './test-site.ts';

suite('registration site: faults and floods', test => {
  test('faults behind: busy or broken, said as such, and nothing of a person is told', async context => {
    const site = await startSite(context);
    const visitor = site.visitor();
    const page = await visitor.get('/register');
    const details = { name: lin.name, phone: lin.phone };
    site.registration.breakWith(() => {
      throw new DeviceError('storage', 'registration', `locked: ${lin.phone}`);
    });
    const busy = await visitor.send(page, '/register', details);
    assert.is(busy.status, 503);
    assert.is(busy.headers.get('retry-after'), '30');
    assert.ok(busy.html.includes('请在 30 秒后再试'));
    site.registration.breakWith(() => {
      throw new Error(`duplicate key ${lin.name} ${lin.phone}`);
    });
    const broken = await visitor.send(page, '/register', details);
    assert.is(broken.status, 500);
    assert.not(broken.html.includes('duplicate'));
    site.registration.breakWith(() => {
      throw undefined;
    });
    assert.is((await visitor.send(page, '/register', details)).status, 500);
    assert.is(site.told.length, 3);
    assert.not(site.told.some(line => line.includes(lin.phone) || line.includes(lin.name)));
    site.registration.breakWith(undefined);
    assert.is(titleOf(await visitor.send(page, '/register', details)), '输入短信验证码');
  });

  test('a service that hangs is given up, and the browser is not stuck', async context => {
    const site = await startSite(context, { serviceTimeoutMs: 300 });
    const visitor = site.visitor();
    const page = await visitor.get('/register');
    site.registration.breakWith(() => new Promise(() => undefined));
    const answer = await visitor.send(page, '/register', { name: lin.name, phone: lin.phone });
    assert.is(answer.status, 503);
    assert.is(titleOf(answer), '服务繁忙');
    site.registration.breakWith(undefined);
    assert.is((await visitor.get('/register')).status, 200);
  });

  test('however a proxy writes the address, it is one address; garbage counts as the proxy', async context => {
    const site = await startSite(context, { requestsPerMinute: 10 }, { trustProxy: '127.0.0.1, 10.0.0.9' });
    const statusesFrom = async (addresses: readonly string[]) => {
      const statuses: number[] = [];
      for (const address of addresses) {
        statuses.push((await site.visitor().get('/', { 'x-forwarded-for': address })).status);
      }
      return statuses;
    };
    const many = (write: (i: number) => string) => Array.from({ length: 10 }, (_, i) => write(i));
    const last = async (address: string) => (await statusesFrom([address]))[0];
    await statusesFrom(many(i => `4.4.4.4:${1000 + i}`));
    const sameAs4 = [
      '4.4.4.4',
      '::ffff:4.4.4.4',
      '[::ffff:404:404]:9',
      '"4.4.4.4:1"',
      '9.9.9.9, 4.4.4.4:7',
      '4.4.4.4:7, 10.0.0.9:55',
    ];
    for (const written of sameAs4) assert.is(await last(written), 429, written);
    await statusesFrom(many(i => `[2001:db8:1:1::${i}]:443`));
    assert.is(await last('2001:db8:1:1::ffff'), 429);
    await statusesFrom(many(i => `garbage-${i}`));
    for (const garbage of ['unknown', '_x', '', '4.4.4', '5.5.5.5:1:2', 'x, y'])
      assert.is(await last(garbage), 429, garbage);
    assert.is(await last('4.4.4.5'), 200, 'others are served');
    assert.is(await last('made-up, 4.4.4.6:80'), 200);
  });

  test('one address that floods is held back alone, and hears for how long', async context => {
    const site = await startSite(context, { requestsPerMinute: 20 }, { trustProxy: true });
    const from = (address: string) => ({ 'x-forwarded-for': address });
    const visitor = site.visitor();
    const statuses: number[] = [];
    for (let i = 0; i < 30; i++) statuses.push((await visitor.get('/', from('203.0.113.7'))).status);
    assert.is(statuses.filter(status => status === 200).length, 20);
    assert.is((await visitor.get('/', from('203.0.113.8'))).status, 200);
    // One IPv6 customer has a whole /64.
    for (let i = 0; i < 20; i++) await visitor.get('/', from(`2001:db8:1:1::${i.toString(16)}`));
    assert.is((await visitor.get('/', from('2001:db8:1:1::ffff'))).status, 429);
    assert.is((await visitor.get('/', from('2001:db8:1:2::1'))).status, 200);
  });

  test('one browser with many requests at once waits in its own line, of a bounded length', async context => {
    const site = await startSite(context);
    const visitor = site.visitor();
    await visitor.get('/register');
    const answers = await Promise.all(Array.from({ length: 30 }, () => visitor.get('/register')));
    const statuses = answers.map(({ status }) => status);
    assert.ok(statuses.includes(200) && statuses.every(status => status === 200 || status === 429));
    assert.is((await visitor.get('/register')).status, 200);
  });
});
