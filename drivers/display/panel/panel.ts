/**
 * A display that is a Nextion or TJC (淘晶驰) serial panel, on a tty or tcp://host:port; 8N1, 9,600 baud or more.
 *
 * Protocol: the public Nextion instruction set (nextion.tech/instruction-set) and TJC's (wiki2.tjc1688.com), which
 * are one for all that is used here. What the project on the panel must offer is in instructions.ts, how a panel is
 * found, drawn on and watched in session.ts, what it answers in answers.ts.
 *
 * A screen is drawn whole and confirmed; meanwhile only the newest of further ones is kept. A panel that does not
 * answer, was reset or has lost its page is a fault within 1.5 s; it is set up and drawn on again once it answers.
 * Limits: a tone is sounded once, even if the screen has to be drawn again; a screen that a newer one has overtaken
 * before it was drawn is neither seen nor heard.
 */
import type { Screen } from '../../../device/core/notice.ts';
import type { Display } from '../../../device/ports.ts';
import { parseAddress } from '../../address.ts';
import { type SupervisedStream, superviseStream } from '../../supervised-stream.ts';
import type { PanelEncoding } from './instructions.ts';
import { type PanelSession, startSession, type Wanted } from './session.ts';

export interface PanelDisplayOptions {
  readonly name: string;
  readonly path: string;
  readonly audience: Display['audience'];
  readonly baudRate: number;
  readonly encoding: PanelEncoding;
}

/** The last screen's time to get out when the display is closed. */
const farewellMs = 300;

/** @throws DeviceError config when `path` is no address */
export function createPanelDisplay(options: PanelDisplayOptions): Display {
  const { name, path, audience, baudRate, encoding } = options;
  const source = parseAddress(path);
  let wanted: Wanted | undefined;
  let session: PanelSession | undefined;
  let wire: SupervisedStream | undefined;
  let closing: Promise<void> | undefined;
  let saidFarewell = () => {};

  async function farewell(): Promise<void> {
    if (session === undefined || session.drawn) return;
    await new Promise<void>(resolve => {
      const timer = setTimeout(resolve, farewellMs);
      saidFarewell = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  async function close(): Promise<void> {
    await farewell();
    await wire?.close();
  }

  return {
    name,
    audience,
    open(events) {
      wire ??= superviseStream({
        name,
        source,
        baudRate,
        readyAfterMs: undefined,
        events,
        session(stream, link) {
          const started = startSession(stream, link, {
            name,
            encoding,
            wanted: () => wanted,
            onDrawn: () => saidFarewell(),
          });
          session = started;
          return () => {
            started.stop();
            session = undefined;
            saidFarewell();
          };
        },
      });
    },
    show(screen: Screen) {
      if (closing !== undefined) return;
      wanted = { screen, sounded: screen.tone === 'none' };
      session?.refresh();
    },
    close: () => (closing ??= close()),
  };
}
