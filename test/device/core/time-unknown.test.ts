import * as assert from 'uvu/assert';
import { noticeFor } from '../../../device/core/notice.ts';
import { refuseCode, withoutTime } from '../../../device/core/ride-code.ts';
import { suite } from '../../harness.ts';

suite('time unknown', test => {
  test('no code is called expired or from the future; what else is wrong with it stays', () => {
    for (const reason of [
      'expired',
      'not-yet-valid',
      'authorisation-expired',
      'certificate-expired',
    ] as const) {
      const check = withoutTime(refuseCode(reason, []));
      assert.is(!check.accepted && check.reason, 'time-unknown');
      assert.is(check.steps.at(-1)?.ok, false);
    }
    for (const reason of ['malformed', 'bad-user-signature', 'too-long-lived', 'unsupported'] as const) {
      const check = withoutTime(refuseCode(reason, []));
      assert.is(!check.accepted && check.reason, reason);
    }
  });

  test('says what to do instead, and takes no fare', () => {
    const { passenger, crew } = noticeFor({
      verdict: { verdict: 'invalid', presented: 'code', reason: 'time-unknown' },
      phase: 'enforced',
      fareTaken: false,
      fareFen: 0,
    });
    assert.match(passenger.headline.zh, /暂时无法识别乘车码/);
    assert.match(passenger.details.map(({ zh }) => zh).join(), /刷卡/);
    assert.equal(crew.headline, passenger.headline);
  });
});
