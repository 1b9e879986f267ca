/** A code reader that is a module on a serial line (tty or tcp://host:port): its wire, and what is presented of what it prints. */
import type { Readable } from 'node:stream';
import { parseAddress } from '../../device/kit/address.ts';
import type { CodeReader, CodeReaderEvents } from '../../device/ports.ts';
import { type SupervisedStream, stayedOpenMs, superviseStream } from '../wire/supervised-stream.ts';
import type { SerialSettings } from '../wire/tty.ts';
import { createLastPrinted } from './last-printed.ts';
import { presentEach } from './present-each.ts';
import type { Printed } from './printed.ts';

export interface ModuleOptions extends SerialSettings {
  readonly name: string;
  /** tty path or tcp://host:port */
  readonly path: string;
}

/** @returns stops the reading; nothing is called back afterwards */
type ReadModule = (
  stream: Readable,
  events: Pick<CodeReaderEvents, 'flooded'>,
  onPrinted: (printed: Printed) => void,
) => () => void;

/**
 * @param read makes of one stream what the module has printed
 * @throws DeviceError config when `path` is no address
 */
export function createModuleReader({ name, path, ...serial }: ModuleOptions, read: ReadModule): CodeReader {
  const source = parseAddress(path);
  let wire: SupervisedStream | undefined;
  let stopPresenting = () => {};
  const lastPrinted = createLastPrinted();
  return {
    name,
    open(events) {
      const { print, stop } = presentEach(events);
      stopPresenting = stop;
      wire = superviseStream({
        ...serial,
        name,
        source,
        readyAfterMs: stayedOpenMs,
        events,
        session: (stream, link) =>
          read(stream, events, printed => {
            link.working();
            lastPrinted.note(printed);
            print(printed);
          }),
      });
    },
    sight: lastPrinted.sight,
    async close() {
      stopPresenting();
      await wire?.close();
    },
  };
}
