/** In which language the site answers whom. */
import * as assert from 'uvu/assert';
import { suite } from '../../../harness.ts';
import { lin } from './fake-registration.ts';
import { upgrade } from './steps.ts';
import { startSite, titleOf } from './test-site.ts';

suite('registration site: languages', test => {
  test('English on request, remembered; Chinese for whoever names neither', async context => {
    const site = await startSite(context);
    const visitor = site.visitor();
    assert.ok((await visitor.get('/?lang=fr')).html.includes('<html lang="zh-CN">'));
    assert.ok((await visitor.get('/?lang=en&lang=en')).html.includes('<html lang="zh-CN">'));
    assert.ok((await visitor.get('/register?lang=en')).html.includes('<html lang="en">'));
    assert.is(titleOf(await visitor.get('/')), 'Beijing Bus Group starts the ride code upgrade service');
    const done = await upgrade(site, visitor, lin);
    assert.is(titleOf(done), 'The upgrade is done');
    assert.not(/[\u4e00-\u9fff]/.test(done.html.replace('>中文<', '')), 'nothing is left in Chinese');
    assert.is(titleOf(await visitor.get('/?lang=zh')), '北京公交集团启动公交乘车码升级服务工作');
  });

  for (const [accepted, lang] of [
    ['en-GB,en;q=0.9', 'en'],
    ['zh-CN,zh;q=0.9,en;q=0.8', 'zh-CN'],
    ['en;q=0.5, zh-TW;q=0.6', 'zh-CN'],
    ['fr-FR,fr;q=0.9,EN-us;q=0.8,zh;q=0.7', 'en'],
    ['fr-FR,fr;q=0.9', 'zh-CN'],
    ['en;q=0, *', 'zh-CN'],
    [',;q=x,en;q=1.1.1,english', 'zh-CN'],
  ] as const) {
    test(`a browser that accepts ${accepted} gets ${lang} until another is asked for`, async context => {
      const visitor = (await startSite(context)).visitor();
      const headers = { 'accept-language': accepted };
      assert.ok((await visitor.get('/', headers)).html.includes(`<html lang="${lang}">`));
      assert.ok((await visitor.get('/nowhere', headers)).html.includes(`<html lang="${lang}">`));
      assert.ok((await visitor.get('/?lang=zh', headers)).html.includes('<html lang="zh-CN">'));
      assert.ok((await visitor.get('/', headers)).html.includes('<html lang="zh-CN">'));
    });
  }
});
