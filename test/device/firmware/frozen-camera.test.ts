/** A camera that hangs on its last picture: on log, console and crew display, and gone once it lives again. */
import * as assert from 'uvu/assert';
import { renderFrame } from '../../../sim/media/frame.ts';
import { suite, until } from '../../harness.ts';
import { startStand } from './stand.ts';

suite('frozen camera', test => {
  test('is told everywhere, cards go on, and it is back once the picture changes', async context => {
    const stand = await startStand(context, { camera: true });
    const { camera } = stand.post;
    const source = `tcp://127.0.0.1:${camera.port}`;
    await stand.restartWith({
      codeReaders: [{ name: 'camera', driver: 'camera', source, frozenAfterS: 2 }],
    });
    const from = stand.log.length;
    camera.freeze(true);
    // First the log: the display may still show the camera as it was at the start.
    const fault = await until('the fault', () =>
      stand.log.slice(from).find(({ event, name }) => event === 'part-fault' && name === 'camera'),
    );
    assert.match(String(fault.problem), /the picture is frozen/);
    await stand.shows('crew', '摄像头故障 (camera)');
    assert.match(await stand.ask('readers'), /camera +FAULT.*frozen/);
    assert.is((await stand.tap(stand.crowd.tUnion('green'))).verdict, 'pass');
    camera.unplug();
    camera.freeze(false);
    await until('it works', async () => /camera +works/.test(await stand.ask('readers')));
    assert.is((await stand.show(renderFrame([stand.crowd.code('green')]))).verdict, 'pass');
    const crew = stand.post.screens.crew;
    await until('the fault is off the display', () => !crew.lines().join('\n').includes('摄像头故障'));
  });

  test('who logs in at a camera is on no console and in no log', async context => {
    const stand = await startStand(context);
    const source = { rtsp: 'rtsp://admin:s3cr@t@127.0.0.1:9/live' };
    await stand.restartWith({ codeReaders: [{ name: 'camera', driver: 'camera', source }] });
    const told = [await stand.ask('config'), await stand.ask('readers'), JSON.stringify(stand.log)].join(
      '\n',
    );
    assert.match(told, /rtsp:\/\/\*\*\*@127\.0\.0\.1/);
    assert.not.match(told, /s3cr/);
  });
});
