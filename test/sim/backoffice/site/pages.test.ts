/** What single pages say, without the way to them. */
import * as assert from 'uvu/assert';
import type { OwnState } from '../../../../sim/backoffice/registration/registration.ts';
import { htmlOf } from '../../../../sim/backoffice/site/answers.ts';
import { CodePage } from '../../../../sim/backoffice/site/pages/code.tsx';
import { StatePage } from '../../../../sim/backoffice/site/pages/state.tsx';
import { suite } from '../../../harness.ts';

suite('registration site: single pages', test => {
  test('whom the bus group has linked is not said to have agreed; a code that is not known is said so', () => {
    const state: OwnState = {
      maskedName: '王**',
      maskedPhone: '150****9999',
      media: [{ kind: 'bmac', maskedAccount: '**** **** 0063', linked: true }],
      hasForeignMedia: false,
      consent: { at: 0, textVersion: 'without-application', basis: 'without-application' },
      health: { status: 'unknown', at: 0 },
    };
    const html = htmlOf(StatePage({ lang: 'zh', token: 't', isOwn: true, state }));
    assert.ok(html.includes('公交集团统一关联，无需申请') && html.includes('暂时无法获取'));
    assert.not(/同意时间|without-application|1970 年.*绿码/.test(html));
  });

  test('a code that the phone has already: the page says that no other was sent', () => {
    const props = {
      token: 't',
      problems: [],
      isRegistering: true,
      byProxy: false,
      maskedPhone: '138****1234',
      resendAfterS: 0,
      backTo: '/register',
    };
    const page = (lang: 'zh' | 'en', isSentBefore: boolean) =>
      htmlOf(CodePage({ lang, isSentBefore, ...props }));
    assert.ok(page('zh', true).includes('刚才已有验证码发送到该手机'));
    assert.ok(page('en', true).includes('no other was sent'));
    assert.not(page('zh', false).includes('刚才已有'));
  });
});
