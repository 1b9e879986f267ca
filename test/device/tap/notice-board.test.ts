import * as assert from 'uvu/assert';
import { holdNotice, outOfServiceNotice, presentAgainNotice } from '../../../device/core/notice.ts';
import type { Prompt } from '../../../device/core/prompt.ts';
import { audiences, type Screen } from '../../../device/core/screen.ts';
import { createLog } from '../../../device/kit/log.ts';
import { createParts } from '../../../device/parts.ts';
import type { Display } from '../../../device/ports.ts';
import { createNoticeBoard } from '../../../device/tap/notice-board.ts';
import { suite, type TestContext } from '../../harness.ts';

const again = { name: 'present-again', medium: 'card' } as const;
const prompt = (id: string): Prompt => ({ id, times: 1, volumePercent: 100 });

/** A board with a display and a speaker for each audience, and all that happened in its order. */
function standOf(context: TestContext, voice: { passenger?: Prompt; crew?: Prompt }) {
  const happened: string[] = [];
  const displays = audiences.map(
    (audience): Display => ({
      name: audience,
      audience,
      open() {},
      show: (screen: Screen) => happened.push(`${audience} sees ${screen.headline.en}`),
      async close() {},
    }),
  );
  const speakers = audiences.map(audience => ({
    audience,
    play: ({ id }: Prompt) => void happened.push(`${audience} hears ${id}`),
  }));
  const whereabouts = { stop: () => undefined, onChange: () => () => {} };
  const parts = createParts(createLog('error', 'device'));
  const board = createNoticeBoard(
    { displays, cardReaders: [], speakers, voice: () => voice, parts, line: '2', whereabouts },
    60_000,
  );
  context.after(board.close);
  happened.length = 0;
  return { board, happened, parts };
}

suite('notice board', test => {
  test('a card that is needed longer: everybody sees it, nobody hears of it, and it can be put back', context => {
    const { board, happened } = standOf(context, { passenger: prompt('again') });
    board.show(outOfServiceNotice(), { ...again, name: 'out-of-service' });
    happened.length = 0;
    const release = board.hold(holdNotice());
    assert.equal(happened, ['passenger sees Please hold your card', 'crew sees Please hold your card']);
    release();
    assert.equal(happened.slice(2), ['passenger sees Out of service', 'crew sees Out of service']);
  });

  test('everybody sees a notice before anybody hears of it', context => {
    const { board, happened } = standOf(context, { passenger: prompt('again'), crew: prompt('look') });
    board.show(presentAgainNotice(), again);
    assert.equal(happened, [
      ...['passenger sees Please present your card again', 'crew sees Please present your card again'],
      ...['passenger hears again', 'crew hears look'],
    ]);
  });

  test('what the policy has no word for is not spoken of, and a fault beneath a notice says nothing again', context => {
    const { board, happened, parts } = standOf(context, { crew: prompt('look') });
    board.show(presentAgainNotice(), again);
    parts.add('gnss', 'gnss');
    assert.equal(
      happened.filter(what => what.includes('hears')),
      ['crew hears look'],
    );
    assert.ok(happened.length > 3);
  });

  test('what a technician tries out gives way to every passenger, and takes nobody’s place', context => {
    const { board, happened, parts } = standOf(context, {});
    const end = board.tryOut(holdNotice(), 60_000);
    assert.equal(happened.splice(0), [
      'passenger sees Please hold your card',
      'crew sees Please hold your card',
    ]);
    assert.is(board.trySaying('crew', prompt('look')), true);
    assert.equal(happened.splice(0), ['crew hears look']);
    const next = board.tryOut(outOfServiceNotice(), 60_000);
    assert.ok(next !== undefined, 'one trial follows another');
    end?.();
    assert.equal(happened.splice(0), ['passenger sees Out of service', 'crew sees Out of service']);
    board.show(presentAgainNotice(), again);
    happened.length = 0;
    next?.();
    assert.is(board.tryOut(holdNotice(), 60_000), undefined);
    assert.is(board.trySaying('passenger', prompt('look')), false);
    assert.equal(happened, []);
    parts.add('gnss', 'gnss');
    assert.is(happened[0], 'passenger sees Please present your card again');
  });

  test('nothing is tried out while a card is needed, and its end puts back the usual screen', context => {
    const { board, happened } = standOf(context, {});
    const release = board.hold(holdNotice());
    assert.is(board.tryOut(outOfServiceNotice(), 60_000), undefined);
    release();
    happened.length = 0;
    const end = board.tryOut(holdNotice(), 60_000);
    end?.();
    assert.equal(
      happened.filter(what => what.startsWith('passenger')),
      ['passenger sees Please hold your card', 'passenger sees Out of service'],
    );
  });

  test('what is for the crew alone leaves the passengers their screen, and is silent', context => {
    const { board, happened, parts } = standOf(context, { crew: prompt('look') });
    const { crew } = outOfServiceNotice();
    board.showCrew(crew);
    assert.equal(happened, ['crew sees Out of service']);
    board.show(presentAgainNotice(), again);
    happened.length = 0;
    board.showCrew(crew);
    parts.add('gnss', 'gnss');
    assert.equal(happened, [
      'crew sees Out of service',
      ...['passenger sees Please present your card again', 'crew sees Out of service'],
    ]);
  });
});
