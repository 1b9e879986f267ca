/** All speakers of one validator, each by its driver, which is loaded only where the settings name it. */
import type { Speaker } from '../../device/ports.ts';
import type { AlsaSpeakerOptions } from './alsa.ts';
import type { Mp3ModuleOptions } from './mp3-module/mp3-module.ts';

export type SpeakerSettings =
  | (AlsaSpeakerOptions & { readonly driver: 'alsa' })
  | (Mp3ModuleOptions & { readonly driver: 'mp3-module' });

/** @throws DeviceError config for a path that cannot be used */
export async function createSpeaker(settings: SpeakerSettings): Promise<Speaker> {
  switch (settings.driver) {
    case 'alsa':
      return (await import('./alsa.ts')).createAlsaSpeaker(settings);
    case 'mp3-module':
      return (await import('./mp3-module/mp3-module.ts')).createMp3Module(settings);
  }
}
