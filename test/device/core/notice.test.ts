import * as assert from 'uvu/assert';
import type { Decision, Verdict } from '../../../device/core/check.ts';
import type { TakenMedium } from '../../../device/core/medium.ts';
import { noticeFor, outOfServiceNotice, presentAgainNotice } from '../../../device/core/notice.ts';
import type { Phase } from '../../../device/core/phase.ts';
import type { Notice } from '../../../device/core/screen.ts';
import {
  type PartState,
  serviceNotice,
  serviceOf,
  silent,
  withService,
} from '../../../device/core/service-screen.ts';
import { suite } from '../../harness.ts';

const card: TakenMedium = {
  kind: 't-union',
  account: '3105100000000000001',
  cardKind: 'ordinary',
  balanceFen: 5000,
};

function notice(verdict: Verdict, phase: Phase = 'enforced', fareTaken = false, medium = card): Notice {
  const decision: Decision = { verdict, phase, fareTaken, fareFen: fareTaken ? 100 : 0 };
  return noticeFor(decision, medium);
}
const zh = ({ headline, details }: Notice['crew']) => [headline, ...details].map(text => text.zh).join(' ');
const signal = ({ light, tone }: Notice['crew']) => `${light} ${tone}`;

suite('notices', test => {
  test('pass and not-checked: the usual text, green, one', () => {
    const passed = notice({ verdict: 'pass' }, 'enforced', true);
    assert.is(zh(passed.passenger), '请上车 票价 1.00 元');
    assert.is(signal(passed.passenger), 'green one');
    const unchecked = notice({ verdict: 'not-checked', reason: 'date' }, 'registration', true);
    assert.equal(unchecked, passed);
  });

  test('abnormal: the passenger is sent to the crew, only the crew sees why; red, three', () => {
    const { passenger, crew } = notice({ verdict: 'abnormal', status: 'red' });
    assert.is(zh(passenger), '请联系司乘人员');
    assert.is(zh(crew), '健康码异常 红码');
    assert.is(signal(passenger), 'red three');
  });

  test('not-found and cannot-verify are never the same prompt; amber, two', () => {
    const notFound = notice({ verdict: 'not-found' }, 'enforced', true);
    const cannot = notice({ verdict: 'cannot-verify', reason: 'no-data' }, 'enforced', true);
    assert.is(zh(notFound.passenger), '未查询到健康码信息 请出示健康宝 票价 1.00 元');
    assert.is(zh(cannot.passenger), '暂时无法核验 请出示健康宝 票价 1.00 元');
    assert.is(zh(cannot.crew), '暂时无法核验 本机无健康码数据 请人工查验');
    assert.is(signal(notFound.passenger), 'amber two');
    assert.is(signal(cannot.crew), 'amber two');
  });

  test('who may be confirmed: the crew is told what to do, and who has not paid that a second tap follows', () => {
    const verdict = { verdict: 'not-found' } as const;
    const unpaid: Decision = { verdict, phase: 'enforced', fareTaken: false, fareFen: 0 };
    const asked = noticeFor(unpaid, card, 'crew', true);
    assert.is(zh(asked.passenger), '未查询到健康码信息 请出示健康宝 查验后请再刷卡');
    assert.is(zh(asked.crew), '未查询到健康码信息 请人工查验 查验通过后请确认');
    const code = { ...card, kind: 'ride-code', balanceFen: undefined } as const;
    assert.match(zh(noticeFor(unpaid, code, 'crew', true).passenger), '查验后请再扫码');
    const paid = noticeFor({ ...unpaid, fareTaken: true, fareFen: 100 }, card, 'crew', true);
    assert.is(zh(paid.passenger), '未查询到健康码信息 请出示健康宝 票价 1.00 元');
    const inTrial = noticeFor({ ...unpaid, phase: 'trial', fareTaken: true }, card, 'crew', true);
    assert.not.match(zh(inTrial.crew), '确认');
  });

  test('checked by hand: as any ride for the passenger, and no second fare for who has paid', () => {
    const verdict = { verdict: 'checked-by-hand', reason: 'not-found' } as const;
    const usual = notice({ verdict: 'pass' }, 'enforced', true);
    const checked = notice(verdict, 'enforced', true);
    assert.equal(checked.passenger, usual.passenger);
    assert.is(zh(checked.crew), '请上车 已人工查验 票价 1.00 元');
    const confirmation = { by: 'key', row: 1, isPaid: true } as const;
    const decision: Decision = { verdict, phase: 'enforced', fareTaken: true, fareFen: 0, confirmation };
    assert.is(zh(noticeFor(decision, card).passenger), '请上车 车费已付');
  });

  test('in the trial the three verdicts look alike to the passenger', () => {
    const verdicts: Verdict[] = [
      { verdict: 'abnormal', status: 'yellow' },
      { verdict: 'not-found' },
      { verdict: 'cannot-verify', reason: 'stale-status' },
    ];
    const shown = verdicts.map(verdict => notice(verdict, 'trial', true).passenger);
    for (const screen of shown) {
      assert.is(zh(screen), '测试中 请出示健康宝 票价 1.00 元', 'the fare is taken, so it is shown');
      assert.equal(screen, shown[0]);
    }
    assert.is(zh(notice({ verdict: 'pass' }, 'trial', true).passenger), '请上车 票价 1.00 元');
  });

  test('denied: only the crew reads why', () => {
    for (const presented of ['card', 'code'] as const) {
      const { passenger, crew } = notice({ verdict: 'invalid', presented, reason: 'denied' });
      assert.is(zh(passenger), '请联系客服 请更换支付方式');
      assert.is(zh(crew), '禁用名单 请联系客服');
    }
  });

  test('invalid: the reason and what to do, red, long; repeat: amber, short', () => {
    const expired = notice({ verdict: 'invalid', presented: 'code', reason: 'expired' });
    assert.is(zh(expired.passenger), '二维码已过期 请刷新');
    assert.is(signal(expired.passenger), 'red long');
    assert.is(
      zh(notice({ verdict: 'invalid', presented: 'card', reason: 'expired' }).passenger),
      '此卡已过有效期 请更换支付方式',
    );
    const repeat = notice({ verdict: 'repeat' });
    assert.is(`${zh(repeat.passenger)} ${signal(repeat.passenger)}`, '请勿重复刷卡 amber short');
    const code: TakenMedium = { kind: 'ride-code', account: '', cardKind: 'unknown', balanceFen: undefined };
    assert.is(zh(notice({ verdict: 'repeat' }, 'enforced', false, code).passenger), '请勿重复扫码');
  });

  test('only the crew reads what kind a card is, unless the policy says otherwise', () => {
    const senior: TakenMedium = { ...card, cardKind: 'senior' };
    const verdicts: Verdict[] = [{ verdict: 'pass' }, { verdict: 'not-found' }];
    for (const phase of ['trial', 'enforced'] as const) {
      for (const verdict of verdicts) {
        const { passenger, crew } = notice(verdict, phase, true, senior);
        assert.not.match(zh(passenger), '老年卡');
        assert.match(zh(crew), '老年卡');
      }
    }
    const decision: Decision = {
      verdict: { verdict: 'pass' },
      phase: 'enforced',
      fareTaken: true,
      fareFen: 0,
    };
    assert.is(zh(noticeFor(decision, senior, 'everybody').passenger), '请上车 老年卡 票价 0.00 元');
  });

  test('a low purse is asked to be topped up', () => {
    const poor = notice({ verdict: 'pass' }, 'enforced', true, { ...card, balanceFen: 320 });
    assert.is(zh(poor.passenger), '请上车 票价 1.00 元 余额 3.20 元 请及时充值');
  });

  test('a card that left, and a validator that cannot record, do not read as a verdict', () => {
    assert.is(presentAgainNotice().passenger.headline.zh, '请重新刷卡');
    assert.is(zh(outOfServiceNotice().passenger), '本机暂停服务 暂时无法核验 请到另一台刷卡机刷卡或扫码');
    assert.is(outOfServiceNotice().passenger.light, 'red');
  });

  test('no text of any notice is without its English', () => {
    const all = [notice({ verdict: 'pass' }), notice({ verdict: 'not-found' }), outOfServiceNotice()];
    for (const { passenger, crew } of all) {
      for (const text of [passenger.headline, crew.headline, ...passenger.details, ...crew.details]) {
        assert.match(text.en, /[a-z]/);
        assert.match(text.zh, /[\u4e00-\u9fff]/);
      }
    }
  });
});

suite('service screen', test => {
  const part = (kind: PartState['kind'], working: boolean): PartState => ({
    kind,
    name: `${kind}-1`,
    working,
  });
  const whole = [part('journal', true), part('card-reader', true), part('code-reader', true)];
  const without = (kind: PartState['kind']) =>
    whole.map(p => (p.kind === kind ? { ...p, working: false } : p));

  test('a reader out leaves the other; no journal leaves nothing', () => {
    assert.is(serviceOf(whole), 'full');
    assert.is(serviceOf(without('card-reader')), 'codes-only');
    assert.is(serviceOf(without('code-reader')), 'cards-only');
    assert.is(serviceOf(without('journal')), 'none');
    assert.is(serviceOf([part('journal', true), part('card-reader', false)]), 'none');
    assert.is(serviceOf([part('journal', true), part('card-reader', true)]), 'full');
  });

  test('a camera without its decoder is of no use; a scanner beside it still is', () => {
    const camera: PartState = { kind: 'code-reader', name: 'camera', working: true, needs: 'decoder' };
    const parts = [part('journal', true), part('card-reader', true), camera];
    assert.is(serviceOf([...parts, part('decoder', true)]), 'full');
    assert.is(serviceOf([...parts, part('decoder', false)]), 'cards-only');
    assert.is(serviceOf([...parts, part('decoder', false), part('code-reader', true)]), 'full');
  });

  test('beneath a notice: what passengers cannot use, every fault for the crew, and no tone a second time', () => {
    const notice = presentAgainNotice();
    assert.equal(withService(notice, whole), notice);
    const { passenger, crew } = withService(notice, [...without('code-reader'), part('console', false)]);
    assert.is(zh(passenger), '请重新刷卡 扫码暂停使用');
    assert.is(zh(crew), '请重新刷卡 扫码器故障 (code-reader-1) 维护串口故障 (console-1)');
    assert.is(passenger.tone, notice.passenger.tone);
    assert.is(silent(notice).crew.tone, 'none');
    assert.is(silent(notice).passenger.light, notice.passenger.light);
  });

  test('a camera is called a camera', () => {
    const camera = { ...part('code-reader', false), needs: 'decoder' } as const;
    assert.match(zh(serviceNotice('2', [...whole, camera]).crew), '摄像头故障 (code-reader-1)');
  });

  test('the passenger is told what still works, the crew what does not', () => {
    const { passenger, crew } = serviceNotice('2', without('card-reader'));
    assert.is(zh(passenger), '刷卡暂停使用 请扫码 2路');
    assert.is(zh(crew), '刷卡暂停使用 请扫码 2路 读卡器故障 (card-reader-1)');
    assert.is(crew.light, 'amber');
    assert.is(serviceNotice('2', without('journal')).passenger.light, 'red');
    const stop = { zh: '前门', en: 'Qianmen' };
    const there = serviceNotice('2', without('card-reader'), stop);
    assert.equal(there.passenger.details.at(-1), stop);
    assert.not.ok(there.crew.details.includes(stop), 'the crew knows; faults are what they have to see');
  });
});
