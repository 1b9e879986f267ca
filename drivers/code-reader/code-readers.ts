/** All code readers of one validator: scanner modules, and cameras that share one decoder. */
import type { CodeReader, CodeReaderEvents, DeviceEvents } from '../../device/ports.ts';
import { type CameraOptions, createCamera } from './camera.ts';
import { createDecoder, type DecoderEvents } from './decoder.ts';
import type { EngineName } from './engine.ts';
import { createFramedScanner } from './framed-scanner.ts';
import type { ModuleOptions } from './module-reader.ts';
import { createScanner, type ScannerOptions } from './scanner.ts';

export type CodeReaderSettings =
  | (ScannerOptions & { readonly driver: 'scanner' })
  | (ModuleOptions & { readonly driver: 'framed-scanner' })
  | (Omit<CameraOptions, 'decoder'> & { readonly driver: 'camera' });

/** Who hears of them. */
export interface CodeReaderListeners {
  /** @param needs a kind of part without which this reader is of no use */
  reader(name: string, needs?: 'decoder'): CodeReaderEvents;
  /** Asked for only where there is a camera: scanners decode by themselves. */
  decoder(): DeviceEvents;
  /** The decoder runs, but not with the engine asked for. */
  fallback(why: string): void;
}

export interface CodeReaders {
  /** In the settings' order. */
  readonly all: readonly CodeReader[];
  open(listeners: CodeReaderListeners): void;
  close(): Promise<void>;
}

/**
 * Creates them all. A decoder starts at once and not only when they are opened, for of all parts it takes the longest.
 * @throws DeviceError config when a camera's source cannot be used
 */
export function createCodeReaders(settings: readonly CodeReaderSettings[], engine: EngineName): CodeReaders {
  let started: ReturnType<typeof startDecoder> | undefined;
  const patience = Math.max(0, ...settings.map(of => (of.driver === 'camera' ? of.frameTimeoutMs : 0)));
  const readers = settings.map(of => ({ isCamera: of.driver === 'camera', reader: create(of) }));
  const scanners = readers.filter(({ isCamera }) => !isCamera).map(({ reader }) => reader);
  const cameras = readers.filter(({ isCamera }) => isCamera).map(({ reader }) => reader);

  function create(of: CodeReaderSettings): CodeReader {
    switch (of.driver) {
      case 'scanner':
        return createScanner(of);
      case 'framed-scanner':
        return createFramedScanner(of);
      case 'camera':
        started ??= startDecoder(engine, patience);
        return createCamera({ ...of, decoder: started.decoder });
    }
  }

  return {
    all: readers.map(({ reader }) => reader),
    open({ reader, decoder: listenToDecoder, fallback }) {
      for (const scanner of scanners) scanner.open(reader(scanner.name));
      started?.listen({ ...listenToDecoder(), fallback });
      for (const camera of cameras) camera.open(reader(camera.name, 'decoder'));
    },
    async close() {
      await Promise.all([...scanners, ...cameras].map(reader => reader.close()));
      await started?.decoder.close();
    },
  };
}

/**
 * What it tells before somebody listens waits for `listen`.
 * @param slowMs how long it may take over a frame before that is told: as long as the most patient camera waits for one
 */
function startDecoder(engine: EngineName, slowMs: number) {
  let listen = (_events: DecoderEvents): void => undefined;
  const listener = new Promise<DecoderEvents>(resolve => {
    listen = resolve;
  });
  const events: DecoderEvents = {
    ready: () => void listener.then(({ ready }) => ready()),
    fallback: why => void listener.then(({ fallback }) => fallback(why)),
    fault: error => void listener.then(({ fault }) => fault(error)),
  };
  return { decoder: createDecoder({ engine, events, slowMs }), listen };
}
