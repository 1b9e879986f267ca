import * as assert from 'uvu/assert';
import { covers, misfitOf, reasonsOf } from '../../../device/core/occasion-reasons.ts';
import { phases } from '../../../device/core/phase.ts';
import { pilotVoice } from '../../../device/core/pilot-voice.ts';
import {
  type Occasion,
  occasionNames,
  type VoicePolicy,
  type VoiceRow,
} from '../../../device/core/prompt-table.ts';
import { audiences } from '../../../device/core/screen.ts';
import { occasionOf, promptsOf, voiceFor } from '../../../device/core/voice.ts';
import { suite } from '../../harness.ts';

const noon = Date.parse('2022-06-01T12:00:00+08:00');
const at = (time: string) => Date.parse(`2022-06-01T${time}+08:00`);

function said(occasion: Occasion, policy: VoicePolicy = pilotVoice) {
  const { passenger, crew } = voiceFor(occasion, policy, noon);
  return [passenger?.id, crew?.id];
}

const enforced = { phase: 'enforced', medium: 'card' } as const;

suite('voice', test => {
  test('as the city spoke: a tone for a card, words for a code, and after it what is wrong', () => {
    for (const name of ['pass', 'not-checked'] as const) {
      assert.equal(said({ ...enforced, name }), ['di', undefined]);
      assert.equal(said({ ...enforced, name, medium: 'code' }), ['code-ok', undefined]);
    }
    assert.equal(said({ ...enforced, name: 'not-found' }), ['not-found', 'crew-not-found']);
    const code = { ...enforced, name: 'not-found', medium: 'code' } as const;
    assert.equal(said(code), ['code-ok-not-found', 'crew-not-found']);
  });

  test('an abnormal code is spoken of to the crew only, twice', () => {
    for (const reason of reasonsOf.abnormal) {
      const { passenger, crew } = voiceFor({ ...enforced, name: 'abnormal', reason }, pilotVoice, noon);
      assert.is(passenger?.id, 'see-crew');
      assert.equal([crew?.id, crew?.times], ['crew-abnormal', 2]);
    }
  });

  test('in the trial no passenger hears what was found', () => {
    for (const medium of ['card', 'code'] as const) {
      const heard = (['abnormal', 'not-found', 'cannot-verify'] as const).map(name =>
        said({ name, phase: 'trial', medium }).join(),
      );
      assert.is(new Set(heard).size, 1);
    }
  });

  test('a prompt is chosen for every occasion that a passenger can meet', () => {
    for (const name of occasionNames) {
      for (const phase of phases) {
        for (const medium of ['card', 'code'] as const) {
          for (const reason of [undefined, ...reasonsOf[name]]) {
            const occasion = { name, phase, medium, ...(reason !== undefined && { reason }) };
            assert.ok(voiceFor(occasion, pilotVoice, noon).passenger, JSON.stringify(occasion));
          }
        }
      }
    }
  });

  test('each row of the pilot counts for something', () => {
    for (const [i, row] of pilotVoice.prompts.entries()) {
      const before = pilotVoice.prompts.slice(0, i);
      assert.not.ok(
        before.some(first => covers(first, row)),
        JSON.stringify(row),
      );
      assert.is(misfitOf(row), undefined, JSON.stringify(row));
    }
  });

  test('the first row that fits counts, for each audience; a row without a prompt is silence', () => {
    const volume = [{ from: '00:00', percent: 70 }];
    const row = { occasion: 'invalid', audience: 'passenger', repeat: 1 } as const;
    const prompts: VoiceRow[] = [
      { ...row, reason: 'expired', medium: 'code' },
      { ...row, reason: 'expired', prompt: 'expired', repeat: 3 },
      { ...row, audience: 'crew', phase: 'trial', prompt: 'in-trial' },
      { ...row, prompt: 'invalid' },
    ];
    const invalid = { name: 'invalid', phase: 'enforced' } as const;
    const hear = (occasion: Occasion) => voiceFor(occasion, { volume, prompts }, noon);
    assert.equal(hear({ ...invalid, reason: 'expired', medium: 'code' }), {});
    assert.equal(hear({ ...invalid, reason: 'expired', medium: 'card' }), {
      passenger: { id: 'expired', times: 3, volumePercent: 70 },
    });
    assert.equal(said({ ...invalid, reason: 'used', medium: 'code', phase: 'trial' }, { volume, prompts }), [
      'invalid',
      'in-trial',
    ]);
    assert.equal(said({ name: 'pass', medium: 'card' }, { volume, prompts }), [undefined, undefined]);
    assert.equal(promptsOf({ volume, prompts }, 'passenger'), ['expired', 'invalid']);
    assert.equal(promptsOf({ volume, prompts }, 'crew'), ['in-trial']);
  });

  test("the volume is the time of Beijing's day, and the row's own before the table's", () => {
    const volume = [
      { from: '06:30', percent: 80 },
      { from: '22:00', percent: 40 },
    ];
    const row = { occasion: 'pass', audience: 'passenger', prompt: 'di', repeat: 1 } as const;
    const loud = (now: number, own?: VoiceRow['volume']) =>
      voiceFor({ ...enforced, name: 'pass' }, { volume, prompts: [{ ...row, volume: own }] }, now).passenger
        ?.volumePercent;
    assert.equal(
      ['00:00:00', '06:29:59', '06:30:00', '21:59:59', '22:00:00', '23:59:59'].map(time => loud(at(time))),
      [40, 40, 80, 80, 40, 40],
    );
    assert.is(loud(Number.NaN), 80);
    assert.is(loud(noon, [{ from: '00:00', percent: 5 }]), 5);
  });

  test('a decision is its verdict, with its reason or its status', () => {
    const rest = { phase: 'trial', fareTaken: true, fareFen: 100 } as const;
    assert.equal(occasionOf({ ...rest, verdict: { verdict: 'abnormal', status: 'red' } }, 'code'), {
      name: 'abnormal',
      reason: 'red',
      phase: 'trial',
      medium: 'code',
    });
    assert.equal(
      occasionOf({ ...rest, verdict: { verdict: 'cannot-verify', reason: 'clock' } }, 'card').reason,
      'clock',
    );
    assert.equal(occasionOf({ ...rest, verdict: { verdict: 'pass' } }, 'card'), {
      name: 'pass',
      phase: 'trial',
      medium: 'card',
    });
  });

  test('no prompt of the pilot names an age, a disability or, to passengers, a health code that is abnormal', () => {
    const ids = audiences.map(audience => promptsOf(pilotVoice, audience));
    assert.not.ok(
      ids.flat().some(id => /senior|old|student|disab|kind/.test(id)),
      ids.join(),
    );
    assert.not.ok(ids[0]?.some(id => id.includes('abnormal')));
  });
});
