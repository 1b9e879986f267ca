/**
 * A Nextion or TJC (淘晶驰) serial display, on a tty or tcp://host:port; 8N1, 9,600 baud or more.
 *
 * Protocol: the public Nextion instruction set (nextion.tech/instruction-set) and TJC's (wiki2.tjc1688.com), which
 * are one for all that is used here. What the project on the display must offer is in instructions.ts, how a display is
 * found, drawn on and watched in session.ts, what it answers in answers.ts.
 *
 * A screen is drawn whole and confirmed; meanwhile only the newest of further ones is kept. A display that does not
 * answer, was reset or has lost its page is a fault within `answerTimeoutMs` and half a second; it is set up and drawn on again once it answers.
 * Limits: a tone is sounded once, even if the screen has to be drawn again; a screen that a newer one has overtaken
 * before it was drawn is neither seen nor heard.
 */
import type { Audience, Screen } from '../../../device/core/screen.ts';
import { parseAddress } from '../../../device/kit/address.ts';
import { withinTime } from '../../../device/kit/time.ts';
import type { Display } from '../../../device/ports.ts';
import { type SupervisedStream, superviseStream } from '../../wire/supervised-stream.ts';
import type { NextionEncoding } from './instructions.ts';
import { type NextionSession, startSession, type Wanted } from './session.ts';

export interface NextionDisplayOptions {
  readonly name: string;
  readonly path: string;
  readonly audience: Audience;
  readonly baudRate: number;
  readonly encoding: NextionEncoding;
  /** A display that has not answered an instruction by then does not answer. */
  readonly answerTimeoutMs: number;
  /** The component that is the crew's key; none unless given. */
  readonly confirm?: { readonly page: number; readonly component: number } | undefined;
}

/** @throws DeviceError config when `path` is no address */
export function createNextionDisplay(options: NextionDisplayOptions): Display {
  const { name, path, audience, baudRate, encoding, answerTimeoutMs, confirm } = options;
  const source = parseAddress(path);
  let wanted: Wanted | undefined;
  let session: NextionSession | undefined;
  let wire: SupervisedStream | undefined;
  let closing: Promise<void> | undefined;
  let saidFarewell = () => {};

  /** Lets the last screen out, as long as a display may take to answer. */
  async function farewell(): Promise<void> {
    if (session === undefined || session.drawn) return;
    const said = new Promise<void>(resolve => {
      saidFarewell = resolve;
    });
    await withinTime(said, answerTimeoutMs, () => undefined);
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
        events: {
          ...events,
          // Whoever closes the display knows that it goes.
          fault: error => closing === undefined && events.fault(error),
        },
        session(stream, link) {
          const started = startSession(stream, link, {
            name,
            encoding,
            answerTimeoutMs,
            wanted: () => wanted,
            onPressed(page, component) {
              if (page === confirm?.page && component === confirm.component) events.touched?.();
            },
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
