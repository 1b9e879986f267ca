/** The feed's keys change while passengers board: nobody pays twice, nobody is lost; a revoked validator says why. */
import * as assert from 'uvu/assert';
import { suite, until } from '../../harness.ts';
import { startFedStand } from './fed-stand.ts';

suite('key epochs', test => {
  test('a medium is known across a change of key, after a power cut too; a revoked validator goes on and says why', async context => {
    const fed = await startFedStand(context);
    const { stand } = fed;
    const policyFile = fed.policyWith({ repeatWindowS: 600 });
    await fed.arrives(fed.publish('delta', { policyFile }));
    const card = stand.crowd.tUnion('green');
    assert.is((await stand.tap(card)).verdict, 'pass');
    const version = await fed.nextEpoch();
    await fed.arrives(version);
    assert.match(await stand.ask('cache'), /fleet key +epoch-2/);
    assert.is((await stand.tap(card)).verdict, 'repeat');
    assert.is((await stand.tap(stand.crowd.tUnion('red'))).verdict, 'abnormal');
    await stand.cutPower();
    await stand.ready();
    assert.is((await stand.tap(card)).verdict, 'repeat');
    assert.match(await stand.ask('status'), /keys +in a file: whoever copies it has this validator's key/);

    fed.revoke();
    await fed.nextEpoch();
    await until('it says why', async () => /no key for this device/.test(await stand.ask('feed')));
    assert.is((await stand.tap(stand.crowd.tUnion('red'))).verdict, 'abnormal');
    assert.match(await stand.ask('cache'), new RegExp(`version +${version}\\b`));
  });
});
