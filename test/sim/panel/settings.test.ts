import * as assert from 'uvu/assert';
import { commandsToRight } from '../../../sim/panel/page/all-right.ts';
import { createSettingsWatch } from '../../../sim/panel/settings.ts';
import { suite } from '../../harness.ts';

function settingsAfter(...lines: readonly string[]) {
  const watch = createSettingsWatch();
  for (const line of lines) watch.done({ line, outcome: { event: 'done' } });
  return watch;
}

const toRight = (lines: readonly string[], isNetworkUp = true) =>
  commandsToRight({ settings: settingsAfter(...lines).now(isNetworkUp) });

suite('what is set around the validators', test => {
  test('the newest counts, whoever did it; what was refused, and where a bus is, is no setting', () => {
    const lies = settingsAfter('disk rear full', 'gnss front offset 86400', 'gnss front stop 2-03');
    assert.equal(lies.now(true), {
      network: 'on',
      'disk rear': 'full',
      'gnss front': 'offset 86400',
    });
    const right = settingsAfter('disk rear full', ' disk  rear ok ', 'tap front wang', 'list', '');
    assert.equal(right.now(false), { network: 'off', 'disk rear': 'ok' });
    const watch = createSettingsWatch();
    watch.done({ line: 'reader front out', outcome: { event: 'error', message: 'needs pcsc' } });
    assert.equal(watch.now(true), { network: 'on' });
  });

  test('all right again: only what is wrong, the data last', () => {
    assert.equal(toRight([]), []);
    assert.equal(toRight(['data missing'], false), ['network on', 'data fresh']);
    assert.equal(toRight(['data missing']), []);
    assert.equal(toRight(['data stale']), ['data fresh', 'source ok']);
    assert.equal(
      toRight(['clock front 3600', 'clock rear ok', 'gnss rear silent', 'freeze rear on', 'disk front full']),
      ['disk front ok', 'freeze rear off', 'gnss rear fix', 'clock front ok'],
    );
    const plugs = ['unplug front scanner out', 'unplug rear reader out', 'unplug rear gnss'];
    assert.equal(toRight([...plugs, 'unplug front crew in']), ['unplug front scanner in', 'reader rear in']);
    assert.equal(toRight(['gnss front drive', 'gnss rear drive-back', 'clock front 0', 'source ok']), []);
    assert.equal(toRight(['door both open']), [], 'a door is open at a stop');
  });
});
