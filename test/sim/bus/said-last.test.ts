import * as assert from 'uvu/assert';
import type { Audience } from '../../../device/core/screen.ts';
import { createSaidLast } from '../../../sim/bus/said-last.ts';
import { type PostName, postNames } from '../../../sim/bus/validator-post.ts';
import type { SpokenListener } from '../../../sim/bus/voices.ts';
import { suite } from '../../harness.ts';

/** Speakers and screens in the test's hands, and its clock. */
function createStand() {
  const screens = () => ({ passenger: { beeps: 0 }, crew: { beeps: 0 } });
  const posts = { front: screens(), rear: screens() };
  let speak: SpokenListener = () => {};
  let draw: (post: PostName, audience: Audience) => void = () => {};
  let now = 0;
  const said = createSaidLast(
    {
      onSpoken: listener => {
        speak = listener;
      },
      onScreen: listener => {
        draw = listener;
      },
      posts: { front: { screens: posts.front }, rear: { screens: posts.rear } },
    },
    () => now,
  );
  return {
    said,
    wait: (ms: number) => {
      now += ms;
    },
    say: (audience: Audience, text: string) =>
      speak('front', audience, { prompt: 'p', text, volumePercent: 90 }),
    /** @param beeps none for a screen between passengers */
    draw(audience: Audience, beeps: number) {
      posts.front[audience].beeps += beeps;
      draw('front', audience);
    },
  };
}

suite('what was said last', test => {
  test('it stays until a later notice comes without a word', () => {
    const { said, say, draw, wait } = createStand();
    for (const post of postNames) assert.is(said(post, 'crew').text, '');
    draw('crew', 3);
    say('crew', '健康码异常');
    wait(5000);
    draw('crew', 0);
    assert.is(said('front', 'crew').text, '健康码异常', 'no notice');
    draw('passenger', 1);
    assert.is(said('front', 'crew').text, '健康码异常', 'a notice for others');
    draw('crew', 1);
    const { text, count } = said('front', 'crew');
    assert.equal([text, count], ['', 1]);
    assert.is(said('rear', 'crew').count, 0);
  });

  test('a notice that is drawn a moment after its prompt takes nothing away', () => {
    const { said, say, draw, wait } = createStand();
    say('passenger', '滴');
    wait(200);
    draw('passenger', 1);
    wait(5000);
    draw('passenger', 0);
    assert.is(said('front', 'passenger').text, '滴');
    say('passenger', '滴，刷码成功');
    assert.is(said('front', 'passenger').count, 2);
  });
});
