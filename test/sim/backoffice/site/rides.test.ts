/** Making up a missed tap-off on the site: who sees what, and what they are told. */
import * as assert from 'uvu/assert';
import type { MissedTapOff } from '../../../../sim/backoffice/registration/registration.ts';
import { suite } from '../../../harness.ts';
import { lin } from './fake-registration.ts';
import { enterCode } from './steps.ts';
import { startSite } from './test-site.ts';

const name = (zh: string, en: string) => ({ zh, en });
export const missedRide: MissedTapOff = {
  ...{
    ride: 4294967297,
    line: '2',
    beganAt: Date.UTC(2022, 5, 1),
    kind: 'ride-code',
    maskedAccount: '**** 0063',
  },
  ...{ from: name('天坛', 'Temple of Heaven'), fareFen: 600, madeUp: undefined },
  stops: [
    { id: 's1', name: name('前门', 'Qianmen') },
    { id: 's2', name: name('天安门东', 'Tian’anmen East') },
  ],
};

suite('missed tap-offs', test => {
  test('the ride, its line’s stops, the choice, the fare anew', async context => {
    const site = await startSite(context);
    site.registration.missed.set(lin.phone, [missedRide]);
    const visitor = site.visitor();
    const state = await enterCode(site, visitor, lin, 'manage');
    assert.ok(state.html.includes('href="/rides"'));
    const rides = await visitor.get('/rides');
    for (const words of [
      '2 路 · 2022 年 6 月 1 日 08:00',
      '天坛',
      '6.00 元',
      '<option value="s2">天安门东</option>',
      '7 天内',
    ])
      assert.ok(rides.html.includes(words), words);
    assert.not.ok(rides.html.includes('欠费'));
    const nothing = await visitor.send(rides, '/rides', { ride: String(missedRide.ride), stop: '' });
    assert.ok(nothing.html.includes('请选择下车站'));
    const done = await visitor.send(nothing, '/rides', { ride: String(missedRide.ride), stop: 's2' });
    assert.ok(
      done.html.includes('补登成功。车费 1.00 元，减少 5.00 元。') && done.html.includes('已补登：天安门东'),
    );
    assert.not.ok(done.html.includes('<select'));
    const again = await visitor.send(rides, '/rides', { ride: String(missedRide.ride), stop: 's1' });
    assert.ok(again.html.includes('这次乘车已不能补登'));
    assert.ok((await visitor.get('/rides?lang=en')).html.includes('Made up: Tian’anmen East'));
  });

  test('a code that was given to somebody for the registration shows no ride', async context => {
    const site = await startSite(context);
    site.registration.missed.set(lin.phone, [missedRide]);
    const visitor = site.visitor();
    for (const path of ['/rides'])
      assert.ok((await visitor.follow(await visitor.get(path))).html.includes('乘车码升级'));
    await enterCode(site, visitor, lin, 'proxy');
    const refused = await visitor.follow(await visitor.get('/rides'));
    assert.ok(refused.html.includes('查看乘车和补登须本人另行验证') && !refused.html.includes('天坛'));
    assert.not.ok((await visitor.get('/state')).html.includes('href="/rides"'));
  });

  test('none, and never', async context => {
    const site = await startSite(context);
    const visitor = site.visitor();
    await enterCode(site, visitor, lin, 'manage');
    assert.ok((await visitor.get('/rides')).html.includes('最近 7 天没有缺少下车记录的乘车'));
  });
});
