import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { stringify } from 'yaml';
import { pilotTracks, pilotVoice } from '../../../device/core/pilot-voice.ts';
import { pilotPolicy } from '../../../device/core/policy.ts';
import { readPolicy } from '../../../device/settings/policy-file.ts';
import { speaker } from '../../../device/settings/speakers.ts';
import { suite, type TestContext } from '../../harness.ts';
import { temporaryDirectory } from '../../temporary.ts';

const { voice: _, registrationFrom, trialFrom, enforcedFrom, ...rest } = pilotPolicy;
const iso = (instant: number) => new Date(instant).toISOString();
const dates = {
  registrationFrom: iso(registrationFrom),
  trialFrom: iso(trialFrom),
  enforcedFrom: iso(enforcedFrom),
};

function policyWith(context: TestContext, text: string) {
  const file = join(temporaryDirectory(context), 'policy.yaml');
  writeFileSync(file, `${stringify({ ...rest, ...dates })}${text}`);
  return () => readPolicy(file).voice;
}

suite('settings of what is said', test => {
  test('a policy without a table says what the pilot said', context => {
    assert.equal(policyWith(context, '')(), pilotVoice);
    assert.equal(policyWith(context, stringify({ voice: pilotVoice }))(), pilotVoice);
  });

  test('an operator writes a table of their own, without quotes', context => {
    const text = `
voice:
  volume:
    - { from: 06:00, percent: 80 }
    - { from: 21:30, percent: 30 }
  prompts:
    - { occasion: abnormal, reason: popup, phase: enforced, medium: code, audience: crew, prompt: pop-up, repeat: 2 }
    - { occasion: repeat, audience: passenger }
`;
    assert.equal(policyWith(context, text)(), {
      volume: [
        { from: '06:00', percent: 80 },
        { from: '21:30', percent: 30 },
      ],
      prompts: [
        {
          ...{ occasion: 'abnormal', reason: 'popup', phase: 'enforced', medium: 'code' },
          ...{ audience: 'crew', prompt: 'pop-up', repeat: 2 },
        },
        { occasion: 'repeat', audience: 'passenger', repeat: 1 },
      ],
    });
    const volume = '\nvoice: { volume: [{ from: 00:00, percent: 10 }] }\n';
    assert.equal(policyWith(context, volume)().prompts, pilotVoice.prompts);
  });

  test('what cannot be meant is refused at its place', context => {
    const rows: readonly (readonly [row: string, problem: RegExp])[] = [
      ['occasion: abnormol, audience: crew', /prompts\[0\]\.occasion/],
      ['occasion: pass, audience: driver', /prompts\[0\]\.audience/],
      ['occasion: pass, reason: red, audience: crew', /reason: is no reason of pass: it has none/],
      [
        'occasion: abnormal, reason: green, audience: crew',
        /is no reason of abnormal: it has yellow, red, popup/,
      ],
      [
        'occasion: present-again, phase: trial, audience: passenger',
        /phase: never fits present-again: it has no phase/,
      ],
      [
        'occasion: present-again, medium: code, audience: crew',
        /medium: never fits present-again: its medium is card/,
      ],
      ['occasion: abnormal, phase: before, audience: crew', /phase: .*its phase is trial or enforced/],
      [
        'occasion: invalid, reason: used, medium: card, audience: crew',
        /medium: never fits invalid, used: its medium is code/,
      ],
      ['occasion: not-checked, reason: date, phase: trial, audience: crew', /before or registration/],
      ['occasion: pass, audience: crew }, { occasion: pass, medium: code, audience: crew', /prompts\[1\]/],
      ['occasion: pass, audience: crew, prompt: ../../etc/passwd', /prompt: must be 1 to 32 small letters/],
      ['occasion: pass, audience: crew, repeat: 4', /repeat/],
      ['occasion: pass, audience: crew, volume: []', /volume/],
      [
        'occasion: pass, audience: crew, volume: [{ from: 24:00, percent: 5 }]',
        /from: must be a time of the day/,
      ],
      ['occasion: pass, audience: crew, volume: [{ from: 12:00, percent: 101 }]', /percent/],
      ['occasion: pass, audience: crew, volme: []', /volme.*volume/],
      [
        'occasion: pass, audience: crew, volume: [{ from: 12:00, percent: 1 }, { from: 12:00, percent: 2 }]',
        /must be in the order of the day/,
      ],
    ];
    for (const [row, problem] of rows) {
      const read = policyWith(context, `\nvoice: { prompts: [{ ${row} }] }\n`);
      assert.throws(
        read,
        (error: Error) => problem.test(error.message) && /line \d+, column \d+/.test(error.message),
        row,
      );
    }
  });
});

suite('settings of speakers', test => {
  const alsa = { name: 'voice', driver: 'alsa', audience: 'passenger', prompts: 'prompts' };

  test('a sound card is the usual one, and has a time to be late, unless it is said', () => {
    assert.equal(speaker.parse(alsa), { ...alsa, device: 'default', timeoutMs: 1500 });
    const other = { ...alsa, device: 'plughw:CARD=Device,DEV=0', timeoutMs: 500, audience: 'crew' };
    assert.equal(speaker.parse(other), other);
  });

  test('what a sound card cannot be is refused', () => {
    for (const bad of [
      ...[{ device: '' }, { device: '-D' }, { device: 'a\nb' }, { prompts: '' }, { timeoutMs: 50 }],
      ...[{ audience: 'all' }, { volume: 3 }],
    ]) {
      assert.not.ok(speaker.safeParse({ ...alsa, ...bad }).success, JSON.stringify(bad));
    }
  });

  const module = { name: 'cab', driver: 'mp3-module', audience: 'crew', path: '/dev/ttyS3' };

  test("an MP3 module has the pilot's tracks, its usual speed and a time to answer, unless it is said", () => {
    const parsed = speaker.parse(module);
    assert.equal(parsed, { ...module, baudRate: 9600, tracks: pilotTracks, answerTimeoutMs: 800 });
    assert.is(pilotTracks.di, 1);
    const numbers = Object.values(pilotTracks);
    assert.equal(
      numbers,
      [...numbers.keys()].map(i => i + 1),
    );
    const other = { ...module, baudRate: 19_200, tracks: { di: 7, 'see-crew': 9999 }, answerTimeoutMs: 500 };
    assert.equal(speaker.parse(other), other);
  });

  test('what an MP3 module cannot be is refused', () => {
    for (const bad of [
      ...[{ path: 'ttyS3' }, { baudRate: 100 }, { tracks: { di: 0 } }, { tracks: { di: 10_000 } }],
      ...[{ tracks: { DI: 1 } }, { answerTimeoutMs: 1 }, { device: 'default' }],
    ]) {
      assert.not.ok(speaker.safeParse({ ...module, ...bad }).success, JSON.stringify(bad));
    }
  });
});
