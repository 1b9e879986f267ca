import * as assert from 'uvu/assert';
import { hideUserinfo } from '../../../device/core/userinfo.ts';
import { suite } from '../../harness.ts';

suite('userinfo', test => {
  test('is hidden in every address, and nothing else is', () => {
    const said = 'open rtsp://admin:s3cret@cam/1 failed, http://u@h, tcp://host:80/a@b, mail a@b';
    assert.is(hideUserinfo(said), 'open rtsp://***@cam/1 failed, http://***@h, tcp://host:80/a@b, mail a@b');
    assert.is(hideUserinfo('rtsp://admin:p@ss:w?rd@cam/1'), 'rtsp://***@cam/1');
    assert.is(hideUserinfo('rtsp://cam/user=a_password=b_channel=1'), 'rtsp://cam/user=a_password=***');
    assert.is(hideUserinfo(hideUserinfo(said)), hideUserinfo(said));
  });
});
