/** Passengers who tap and scan while the power may be cut, and whose notices were seen. */
import type { DisplayScreen } from '../../../sim/wires/display-screen.ts';
import { readFleetKeys, tokenOf } from '../../../sync/fleet-keys.ts';
import type { Stand } from './stand.ts';

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

/**
 * Taps cards and scans codes as fast as notices come, until told to stop.
 * @param seen gets the token, in hex, of each tap whose notice was drawn
 */
export function keepTapping(stand: Stand, seen: string[]) {
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
