/** A validator out of the box, from the back office's bundle alone: installed, checked, started; a tap is taken, and acknowledged. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { stringify } from 'yaml';
import { check } from '../../../device/compose/check.ts';
import { provisionFrom, requestBundle } from '../../../device/compose/provisioning.ts';
import { startBackOffice } from '../../../sim/backoffice/backoffice.ts';
import { type LogLine, startFirmware } from '../../../sim/bus/firmware-process.ts';
import { writeTrustAndPolicy } from '../../../sim/bus/office/trust-and-policy.ts';
import { tUnionImage } from '../../../sim/media/card-images.ts';
import { createVirtualCard } from '../../../sim/media/virtual-card.ts';
import { freePort } from '../../../sim/wires/free-port.ts';
import { insertCard } from '../../../sim/wires/vpcd-card.ts';
import { suite, until } from '../../harness.ts';
import { driver } from '../../sim/backoffice/office-process.ts';
import { quiet } from '../../sim/backoffice/small-office.ts';
import { runSim } from '../../sim/run-sim.ts';
import { temporaryDirectory } from '../../temporary.ts';

suite('from a bundle', test => {
  test('request, bundle, provision, check, run: a tap is taken with the feed’s data and acknowledged by the office', async context => {
    const directory = temporaryDirectory(context);
    const at = (name: string) => join(directory, name);
    const { files } = writeTrustAndPolicy(at('rules'), 'enforced', Date.now());
    const office = await startBackOffice(
      { port: 0, directory: at('office'), sim: false, policyFile: files.policy, mqttPort: 0, log: quiet },
      driver,
    );
    context.after(() => office.close());
    const port = await freePort();
    const attached = {
      line: '2',
      cardReaders: [{ name: 'card', driver: 'vpcd', port, apduTimeoutMs: 60_000 }],
      cardTimeoutMs: 60_000,
    };
    writeFileSync(at('attached.yaml'), stringify(attached));

    const { fingerprint } = await requestBundle(at('state'), 'bus-9-front', at('request.json'));
    const addresses = ['--feed', office.feedUrl, '--broker', office.uplink?.url ?? ''];
    const from = ['--settings', at('attached.yaml'), '--trust', files.trust, '--out', at('bundle')];
    const words = ['backoffice', 'bundle', at('office'), at('request.json'), '--fingerprint', fingerprint];
    const issued = await runSim([...words, ...addresses, ...from]);
    assert.is(issued.code, 0, issued.errors + issued.output);
    const { authority } = JSON.parse(issued.output);
    const { settings } = await provisionFrom(at('bundle'), at('state'), authority);
    const checked = await check(settings, 120_000);
    assert.equal(checked.problems, []);
    assert.equal(checked.warnings, []);
    assert.equal(checked.hardware, [{ part: 'card-reader', name: 'card', state: 'answers' }]);

    const log: LogLine[] = [];
    const firmware = startFirmware(settings, line => log.push(line));
    context.after(() => firmware.stop());
    const logged = (event: string, is: (line: LogLine) => boolean = () => true) =>
      until(`${event} in ${log.map(line => line.event).join(' ')}`, () =>
        log.find(line => line.event === event && is(line)),
      );
    await logged('links', ({ usable }) => usable === true);
    await logged('ready');
    const card = createVirtualCard(tUnionImage({ number: '3105100000000000001', validFrom: '2020-01-01' }));
    const held = await insertCard({ host: '127.0.0.1', port, card });
    const tap = await logged('tap');
    await held.remove();
    // The feed's data is fresh, and knows nobody yet.
    assert.is(tap.verdict, 'not-found');
    await until('the acknowledgement', () => {
      const mark = readFileSync(at('state/journal.sqlite-uplink'), 'utf8');
      return JSON.parse(mark).acknowledged === 1;
    });
    const renewed = [...words, ...addresses, ...from.slice(0, -1), at('renewed')];
    assert.is((await runSim(renewed)).code, 0);
    const again = await provisionFrom(at('renewed'), at('state'), undefined);
    assert.equal([again.number, again.replaces, again.running?.pid], [2, 1, firmware.pid]);
  });
});
