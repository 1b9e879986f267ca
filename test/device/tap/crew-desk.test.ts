import { setTimeout as sleep } from 'node:timers/promises';
import * as assert from 'uvu/assert';
import type { Decision } from '../../../device/core/check.ts';
import { type CrewCheckPolicy, pilotPolicy } from '../../../device/core/policy.ts';
import { createCrewDesk } from '../../../device/tap/crew-desk.ts';
import { suite } from '../../harness.ts';

const notFound: Decision = {
  verdict: { verdict: 'not-found' },
  phase: 'enforced',
  fareTaken: true,
  fareFen: 100,
};

/** A desk whose time and policy are in the test's hands, and all that it shows and logs. */
function deskOf(hasKeys = true) {
  const said: string[] = [];
  const policy: { crewCheck: CrewCheckPolicy } = { crewCheck: pilotPolicy.crewCheck };
  let now = 0;
  const log = (event: string, fields: object = {}) => void said.push(`${event} ${JSON.stringify(fields)}`);
  const desk = createCrewDesk({
    policy: () => policy,
    board: {
      show: ({ passenger }, { name }) => said.push(`everybody: ${passenger.headline.en} (${name})`),
      showCrew: ({ headline }) => said.push(`crew: ${headline.en}`),
    },
    log: { debug: log, info: log, warn: log, error: log },
    hasKeys,
    monotonic: () => now,
  });
  return {
    desk,
    said,
    policy,
    at(ms: number) {
      now = ms;
    },
    refuse(token: string) {
      const tap = { presented: 'card', row: 7, atMs: now, decision: notFound, isConfirmable: true } as const;
      desk.afterTap({ ...tap, tokens: [token] });
    },
  };
}

suite('crew desk', test => {
  test('tells everybody who may tap again, and the crew alone what was no use', () => {
    const { desk, said, refuse } = deskOf();
    desk.confirm('console');
    refuse('a');
    desk.press('key');
    desk.press('touch');
    assert.equal(said, [
      'crew: Nobody to confirm',
      'confirm {"by":"console","outcome":"nothing"}',
      'everybody: Please tap again (confirmed)',
      'confirm {"by":"key","outcome":"confirmed","row":7}',
      'crew: Checked by hand',
      'confirm {"by":"touch","outcome":"already","row":7}',
    ]);
  });

  test('goes by the monotonic clock, and by the policy as it is at the tap', () => {
    const { desk, refuse, at, policy } = deskOf();
    refuse('a');
    desk.press('key');
    at(30_000);
    assert.equal(desk.confirmationOf(['a'], 30_000), { by: 'key', row: 7, isPaid: true });
    assert.is(desk.confirmationOf(['a'], 30_001), undefined);
    policy.crewCheck = { ...policy.crewCheck, windowS: 10 };
    assert.is(desk.confirmationOf(['a'], 10_001), undefined);
  });

  test('a card is one of the crew by any of its tokens, and is not named in the log', () => {
    const { desk, said, policy, refuse } = deskOf(false);
    assert.not.ok(desk.hasKey());
    policy.crewCheck = { ...policy.crewCheck, cards: ['00112233445566ff'] };
    assert.ok(desk.hasKey());
    assert.ok(desk.isCrewCard(['a', '00112233445566ff']));
    assert.not.ok(desk.isCrewCard(['a']));
    refuse('a');
    desk.confirm({ card: '00112233445566ff' });
    assert.equal(desk.confirmationOf(['a'], 0)?.by, { card: '00112233445566ff' });
    assert.not.match(said.join(), /00112233445566ff/);
  });

  test('of a flood five presses count, told once, and later presses again', async () => {
    const { desk, said } = deskOf();
    for (let i = 0; i < 1000; i++) desk.press('key');
    const count = (event: string) => said.filter(line => line.startsWith(event)).length;
    const heard = count('confirm');
    assert.ok(heard >= 5 && heard < 100, String(heard));
    assert.is(count('presses-dropped'), 1);
    await sleep(1100);
    desk.press('touch');
    assert.is(count('confirm {"by":"touch"'), 1);
  });
});
