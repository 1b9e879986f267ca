/** The words of the pilot's prompts; docs/formats/settings.md has them too. */

/** A prompt begins with a tone, 滴, unless it is for the crew. */
export interface Words {
  readonly tone: boolean;
  /** What a voice says after it; '' for the tone alone. */
  readonly zh: string;
}

const tone = (zh: string): Words => ({ tone: true, zh });
const plain = (zh: string): Words => ({ tone: false, zh });

export const pilotWords: Readonly<Record<string, Words>> = {
  di: tone(''),
  'code-ok': tone('刷码成功'),
  'show-health-kit': tone('请出示健康宝'),
  'code-ok-show-health-kit': tone('刷码成功，请出示健康宝'),
  'see-crew': tone('请联系司乘人员'),
  'not-found': tone('未查询到健康码信息'),
  'code-ok-not-found': tone('刷码成功，未查询到健康码信息'),
  'cannot-verify': tone('暂时无法核验，请出示健康宝'),
  'code-ok-cannot-verify': tone('刷码成功，暂时无法核验，请出示健康宝'),
  balance: tone('余额不足，请投币'),
  again: tone('请重新刷卡'),
  'card-expired': tone('此卡已过有效期'),
  'refresh-code': tone('请刷新二维码'),
  'one-code': tone('请只出示一个二维码'),
  'use-card': tone('暂时无法识别乘车码，请刷卡'),
  'invalid-card': tone('无效卡'),
  'invalid-code': tone('无效码'),
  'repeat-card': tone('请勿重复刷卡'),
  'repeat-code': tone('请勿重复扫码'),
  'out-of-service': tone('本机暂停服务'),
  'crew-trial': plain('测试中，请人工查验'),
  'crew-abnormal': plain('健康码异常'),
  'crew-not-found': plain('未查询到健康码信息，请人工查验'),
  'crew-cannot-verify': plain('暂时无法核验，请人工查验'),
  'crew-out-of-service': plain('本机暂停服务，无法记录乘车'),
  'tap-again': tone('请再次刷卡'),
  'scan-again': tone('请再次扫码'),
};

/** As it is heard, e.g. `滴，刷码成功`. */
export function textOf({ tone: begins, zh }: Words): string {
  return [begins ? '滴' : '', zh].filter(part => part !== '').join('，');
}
