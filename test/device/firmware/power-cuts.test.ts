/** kill -9 at random moments while passengers tap: the journal has every tap that was shown, no gap, no repeat. */
import * as assert from 'uvu/assert';
import { renderFrame } from '../../../sim/media/frame.ts';
import type { DisplayScreen } from '../../../sim/wires/display-screen.ts';
import { readFleetKeys, tokenOf } from '../../../sync/fleet-keys.ts';
import { suite, until } from '../../harness.ts';
import { type Stand, startStand } from './stand.ts';

const rounds = 6;
/** The supervisor's pause. */
const restartMs = 500;

/**
 * Resolves to whether a notice was drawn before the power was cut. Between passengers the light is off; a display whose
 * firmware has died says so in red by itself.
 */
function noticeOn(screen: DisplayScreen, cut: AbortSignal): Promise<boolean> {
  return new Promise(resolve => {
    const end = (seen: boolean) => {
      cut.removeEventListener('abort', unseen);
      stop();
      resolve(seen);
    };
    const unseen = () => end(false);
    cut.addEventListener('abort', unseen);
    const isNotice = () => screen.light() !== 'off' && !screen.lines().join().includes('暂停服务');
    const stop = screen.onChange(() => isNotice() && end(true));
  });
}

/** Taps cards and scans codes as fast as notices come, until told to stop. */
function keepTapping(stand: Stand, seen: string[]) {
  const [key] = readFleetKeys(stand.office.files.fleetKeys);
  const cut = new AbortController();
  async function run(): Promise<void> {
    for (let i = 0; !cut.signal.aborted; i++) {
      const kind = i % 2 === 0 ? 't-union' : 'ride-code';
      const notice = noticeOn(stand.post.screens.passenger, cut.signal);
      if (kind === 't-union') {
        // No reader listens between the cut and the restart.
        const held = await stand.post.insert(stand.crowd.tUnion('none'), []).catch(() => undefined);
        if (await notice) seen.push(tokenText(stand.crowd.accounts.at(-1) ?? ''));
        await held?.remove();
      } else {
        stand.post.scanner.send(Buffer.from(stand.crowd.code('none')).toString('base64'));
        if (await notice) seen.push(tokenText(stand.crowd.accounts.at(-1) ?? ''));
      }
      function tokenText(account: string): string {
        return Buffer.from(tokenOf(key, kind as 't-union' | 'ride-code', account)).toString('hex');
      }
    }
  }
  const running = run();
  return {
    stop() {
      cut.abort();
      return running;
    },
  };
}

suite('power cuts', test => {
  test('every tap whose notice was seen is in the journal, numbered without gap or repeat', async context => {
    const stand = await startStand(context);
    const seen: string[] = [];
    for (let round = 0; round < rounds; round++) {
      const before = seen.length;
      const tapping = keepTapping(stand, seen);
      await until('two notices', () => seen.length >= before + 2);
      await new Promise(resolve => setTimeout(resolve, 50 + Math.random() * 400));
      await stand.cutPower();
      await tapping.stop();
      await stand.ready();
      const rows = stand.rows();
      assert.equal(
        rows.map(({ seq }) => seq),
        rows.map((_, i) => i + 1),
      );
      const journaled = new Set(rows.map(({ token }) => token && Buffer.from(token).toString('hex')));
      assert.equal(
        seen.filter(token => !journaled.has(token)),
        [],
        'seen, but not journaled',
      );
    }
    assert.ok(seen.length > rounds, `${seen.length} notices were seen`);
    assert.is((await stand.tap(stand.crowd.tUnion('green'))).seq, stand.rows().length);
  });

  test('cut while starting, again and again: it comes up', async context => {
    const stand = await startStand(context, { camera: true });
    for (const startingMs of [20, 100, 250, 400]) {
      await stand.cutPower();
      await new Promise(resolve => setTimeout(resolve, restartMs + startingMs));
    }
    await stand.cutPower();
    await stand.ready();
    assert.is((await stand.show(renderFrame([stand.crowd.code('green')]))).verdict, 'pass');
  });
});
