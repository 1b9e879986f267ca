/** All code readers of one validator: scanner modules, and cameras that share one decoder. */
import type { CodeReaderEvents, DeviceEvents } from '../../device/ports.ts';
import { type CameraOptions, createCamera } from './camera.ts';
import { createDecoder } from './decoder.ts';
import type { EngineName } from './engine.ts';
import { createScanner, type ScannerOptions } from './scanner.ts';

export type CodeReaderSettings =
  | (ScannerOptions & { readonly driver: 'scanner' })
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

/**
 * Opens them all.
 * @throws DeviceError config when a camera's source cannot be used
 */
export function openCodeReaders(
  settings: readonly CodeReaderSettings[],
  engine: EngineName,
  listeners: CodeReaderListeners,
): { close(): Promise<void> } {
  const scanners = settings.filter(reader => reader.driver === 'scanner').map(createScanner);
  for (const scanner of scanners) scanner.open(listeners.reader(scanner.name));
  const cameraSettings = settings.filter(reader => reader.driver === 'camera');
  const open = () =>
    createDecoder({ engine, events: { ...listeners.decoder(), fallback: listeners.fallback } });
  const decoder = cameraSettings.length === 0 ? undefined : open();
  const cameras = decoder === undefined ? [] : cameraSettings.map(of => createCamera({ ...of, decoder }));
  for (const camera of cameras) camera.open(listeners.reader(camera.name, 'decoder'));
  return {
    async close() {
      await Promise.all([...scanners, ...cameras].map(reader => reader.close()));
      await decoder?.close();
    },
  };
}
