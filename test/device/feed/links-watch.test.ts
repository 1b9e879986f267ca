/** What the part `links` says of the data, and when. */
import * as assert from 'uvu/assert';
import { pilotPolicy } from '../../../device/core/policy.ts';
import type { LinkStoreState } from '../../../device/data-ports.ts';
import { watchLinks } from '../../../device/feed/links-watch.ts';
import { suite } from '../../harness.ts';

const now = Date.parse('2022-06-10T08:00:00+08:00');

suite('links watch', test => {
  test('says what it finds at once when it is told to check, and does not wait for the second', ({
    after,
  }) => {
    const told: string[] = [];
    let state: LinkStoreState = { usable: false, why: 'no link cache' };
    const links = { describe: () => state } as Parameters<typeof watchLinks>[0];
    const part = { ready: () => told.push('ready'), fault: (error: Error) => told.push(error.message) };
    const { check, stop } = watchLinks(
      links,
      () => pilotPolicy,
      () => now,
      part,
    );
    after(stop);
    assert.equal(told, ['no link cache']);
    const held = {
      usable: true,
      version: 1,
      links: 1,
      slots: 1,
      denied: 0,
      keyId: 'k',
      linksAsOf: now,
    } as const;
    state = { ...held, statusAsOf: now };
    check();
    state = { ...held, statusAsOf: now - 7_200_000 };
    check();
    assert.equal(told.slice(1), ['ready', 'the health-code status is older than the policy allows']);
  });
});
