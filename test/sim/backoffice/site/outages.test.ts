import * as assert from 'uvu/assert';
import { DeviceError } from '../../../../device/errors.ts';
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
