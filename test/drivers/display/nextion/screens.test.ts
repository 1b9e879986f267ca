/** What the Nextion driver makes of screens: texts, light and tone on the display. */
import fc from 'fast-check';
import * as assert from 'uvu/assert';
import { cannotVerifyReasons, type Verdict } from '../../../../device/core/check.ts';
import { confirmedNotice, notConfirmedScreen } from '../../../../device/core/crew-notice.ts';
import { leftToTheCrew } from '../../../../device/core/left-to-the-crew.ts';
import { cardKinds, cardRefusals, codeRefusals, type TakenMedium } from '../../../../device/core/medium.ts';
import { noticeFor, outOfServiceNotice, presentAgainNotice } from '../../../../device/core/notice.ts';
import type { Screen, Tone } from '../../../../device/core/screen.ts';
import { serviceNotice } from '../../../../device/core/service-screen.ts';
import { askMark, begin, drawing } from '../../../../drivers/display/nextion/instructions.ts';
import { createNextionMachine } from '../../../../sim/wires/nextion/machine.ts';
import { suite, until } from '../../../harness.ts';
import { screen, start } from './stand.ts';

suite('Nextion texts', test => {
  const text = fc.record({
    zh: fc.oneof(
      fc.string({ unit: fc.constantFrom(...'请上車镕ÿ"\\镜％€😀 A') }),
      fc.string({ unit: 'binary' }),
    ),
    en: fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: fc.constantFrom(...'ÿ"\\\r\n\u0000é a') })),
  });

  for (const encoding of ['gb2312', 'utf-8'] as const) {
    test(`control nothing, whatever they are, in ${encoding}`, async context => {
      const { nextion, display, log, shows } = await start(context, { encoding });
      await until('ready', () => log.includes('ready'));
      let count = 0;
      await fc.assert(
        fc.asyncProperty(text, fc.array(text, { maxLength: 8 }), async (headline, details) => {
          display.show({ light: count % 2 === 0 ? 'red' : 'amber', tone: 'none', headline, details });
          await until('the light', () => nextion.light() === (count % 2 === 0 ? 'red' : 'amber'));
          count++;
        }),
        { numRuns: 60 },
      );
      display.show(screen('请上车'));
      await shows('请上车');
      assert.equal([nextion.machine.refused, nextion.machine.sounds, log], [[], [], ['ready']]);
    });
  }

  test('that GB2312 does not know are question marks, the rest is whole', async context => {
    const { nextion, display, shows } = await start(context);
    display.show({ ...screen('朱镕基€请上车ÿ'), details: [{ zh: '车門 "二" \\ 3', en: 'Tür' }] });
    await shows('Please board');
    assert.equal(nextion.lines(), ['√ 朱?基?请上车?', 'Please board', '车? "二" \\ 3 Tür']);
  });

  test('too many for the display end in dots', async context => {
    const { nextion, display, shows } = await start(context);
    const details = Array.from({ length: 12 }, (_, i) => ({
      zh: `读卡器故障 (card-${i})`,
      en: 'Card reader fault',
    }));
    display.show({ ...screen('暂停服务'), details });
    await shows('暂停服务', '读卡器故障 (card-0) Card reader fault');
    assert.is(nextion.lines().at(-1), '...');
    assert.is(nextion.lines().length, 8);
  });
});

suite('Nextion driver', test => {
  test('sounds each tone once, with the screen it belongs to', async context => {
    const { nextion, display } = await start(context);
    const tones: Tone[] = ['one', 'two', 'three', 'short', 'long'];
    for (const [index, tone] of tones.entries()) {
      display.show(screen(`第${index}屏`, tone));
      await until(tone, () => nextion.machine.sounds.length === index + 1);
      assert.is(nextion.lines()[0], `√ 第${index}屏`);
      display.show(screen('请刷卡'));
    }
    assert.equal(nextion.machine.sounds, tones);
  });

  test('never lights a light over the text of another screen', async context => {
    const { nextion, display } = await start(context);
    const seen = new Set<string>();
    nextion.onChange(() => seen.add(`${nextion.light()} ${nextion.lines()[0] ?? ''}`));
    for (let i = 0; i < 5; i++) {
      display.show({ ...screen('请上车'), light: 'green' });
      await until('green', () => nextion.light() === 'green');
      display.show({ ...screen('停'), light: 'red' });
      await until('red', () => nextion.light() === 'red');
    }
    assert.not.ok(
      [...seen].some(shown => /^green .*停$|^red .*请上车$/.test(shown)),
      [...seen].join(),
    );
  });

  test('is watched without a fault while there is nothing to show', async context => {
    const { log } = await start(context);
    await until('ready', () => log.length > 0);
    await new Promise(resolve => setTimeout(resolve, 1800)); // the display's timer takes down what is not fed
    assert.equal(log, ['ready']);
  });

  test('does not confirm a screen that the display took down while it was drawn', async () => {
    let answer: Uint8Array = new Uint8Array();
    const machine = createNextionMachine(
      {},
      {
        answer: bytes => {
          answer = bytes;
        },
        changed: () => {},
      },
    );
    const [info, ...rest] = drawing(screen('请上车'), 'gb2312');
    for (const each of [...begin(7), info]) if (each !== undefined) machine.write(each.bytes);
    await until('the timer', () => machine.lines().includes('暂停服务'));
    for (const { bytes } of [...rest, askMark(7)]) machine.write(bytes);
    assert.is(machine.lines()[0], '√ 请上车');
    assert.equal([...answer], [0x71, 0, 0, 0, 0, 0xff, 0xff, 0xff]);
  });

  test('lets the last screen out when closed at once', async context => {
    const { nextion, display, log } = await start(context);
    await until('ready', () => log.includes('ready'));
    display.show(screen('请上车'));
    display.show(screen('停止服务'));
    await display.close();
    assert.is(nextion.lines()[0], '√ 停止服务');
    assert.is(nextion.light(), 'green');
  });

  test('closes promptly before a display that says nothing', async context => {
    const { nextion, display, log } = await start(context, { answerTimeoutMs: 2000 });
    await until('ready', () => log.includes('ready'));
    nextion.mute(true);
    display.show(screen('停止服务'));
    let closed = false;
    void display.close().then(() => {
      closed = true;
    });
    await until('the end', () => closed);
    assert.equal(log, ['ready']);
  });
});

suite('Nextion of 480 × 320', test => {
  test('has room for all the firmware ever says: a headline in its row, every detail whole', () => {
    const lines: string[] = [];
    for (const { headline, details } of everyScreen()) {
      const machine = createNextionMachine({}, { answer: () => {}, changed: () => {} });
      const shown: Screen = { light: 'off', tone: 'none', headline, details };
      for (const { bytes } of drawing(shown, 'gb2312')) machine.write(bytes);
      assert.equal(machine.refused, []);
      const [zh, en, ...info] = machine.lines().filter(line => line !== '');
      assert.equal([zh, en], [headline.zh, headline.en]);
      for (const text of details.flatMap(detail => [detail.zh, detail.en])) {
        assert.ok(info.join(' ').includes(text), `${text}, shown:\n${info.join('\n')}`);
      }
      lines.push(headline.zh);
    }
    assert.ok(lines.length > 300, String(lines.length));
  });
});

/** Every verdict with every reason, kind of card and phase, for both audiences, and what is shown between passengers. */
function everyScreen(): Screen[] {
  const decisions = everyVerdict().flatMap(verdict =>
    (['trial', 'enforced'] as const).map(phase => ({ verdict, phase, fareTaken: true, fareFen: 100 })),
  );
  const cards = cardKinds.map(
    (cardKind): TakenMedium => ({ kind: 't-union', account: '1', cardKind, balanceFen: 380 }),
  );
  const faults = (['none', 'display', 'card-reader', 'code-reader'] as const).map(broken =>
    serviceNotice(
      '特15',
      (['journal', 'card-reader', 'code-reader', 'display'] as const).map(kind => ({
        kind,
        name: 'name-of-18-letters',
        working: kind !== broken,
      })),
    ),
  );
  const notices = [
    ...decisions.flatMap(decision => cards.map(card => noticeFor(decision, card, 'everybody', true))),
    ...(['card', 'code'] as const).map(presented => confirmedNotice({ ...refusedTap, presented }, 600)),
    ...faults,
    serviceNotice('15', []),
    presentAgainNotice(),
    outOfServiceNotice(),
  ];
  const toTheCrew = [
    notConfirmedScreen({ outcome: 'already', tap: refusedTap }),
    notConfirmedScreen({ outcome: 'nothing' }),
  ];
  return [...toTheCrew, ...notices.flatMap(({ passenger, crew }) => [passenger, crew])];
}

const refusedTap = {
  tokens: ['a'],
  presented: 'code',
  verdict: 'not-found',
  row: 1,
  isPaid: false,
  atMs: 0,
} as const;

function everyVerdict(): Verdict[] {
  return [
    { verdict: 'pass' },
    { verdict: 'not-found' },
    { verdict: 'repeat' },
    ...leftToTheCrew.map(reason => ({ verdict: 'checked-by-hand', reason }) as const),
    ...(['yellow', 'red', 'popup'] as const).map(status => ({ verdict: 'abnormal', status }) as const),
    ...cannotVerifyReasons.map(reason => ({ verdict: 'cannot-verify', reason }) as const),
    ...([...cardRefusals, 'denied', 'insufficient-balance'] as const).map(
      reason => ({ verdict: 'invalid', presented: 'card', reason }) as const,
    ),
    ...([...codeRefusals, 'denied'] as const).map(
      reason => ({ verdict: 'invalid', presented: 'code', reason }) as const,
    ),
  ];
}
