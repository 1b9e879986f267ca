import * as assert from 'uvu/assert';
import { noticeFor } from '../../../device/core/notice.ts';
import { suite } from '../../harness.ts';

suite('time unknown', test => {
  test('says what to do instead, and takes no fare', () => {
    const { passenger, crew } = noticeFor({
      verdict: { verdict: 'invalid', presented: 'code', reason: 'time-unknown' },
      phase: 'enforced',
      fareTaken: false,
      fareFen: 0,
    });
    assert.match(passenger.headline.zh, /时间有误/);
    assert.match(passenger.details.map(({ zh }) => zh).join(), /刷卡/);
    assert.equal(crew.headline, passenger.headline);
  });
});
