/** The drivers that the settings name, loaded and created; none is opened yet. */
import { createCardReader } from '../../drivers/card-reader/card-readers.ts';
import { createCodeReaders } from '../../drivers/code-reader/code-readers.ts';
import { createCrewKey } from '../../drivers/crew-key/crew-keys.ts';
import { createDisplay } from '../../drivers/display/displays.ts';
import { createDoorContact } from '../../drivers/door-contact/door-contacts.ts';
import { createSpeaker } from '../../drivers/speaker/speakers.ts';
import type { Settings } from './settings.ts';

export async function loadDrivers({
  config,
  busKey,
}: Pick<Settings, 'config'> & Partial<Pick<Settings, 'busKey'>>) {
  const { displays, speakers, cardReaders, codeReaders, decoder, gnss, crewKeys, doorContact, psam, device } =
    config;
  return {
    psam: psam && (await createCardReader(psam)),
    codeReaders: createCodeReaders(codeReaders, decoder),
    displays: await Promise.all(displays.map(createDisplay)),
    speakers: await Promise.all(speakers.map(createSpeaker)),
    cardReaders: await Promise.all(cardReaders.map(createCardReader)),
    crewKeys: await Promise.all(crewKeys.map(createCrewKey)),
    receiver: gnss && (await import('../../drivers/gnss/nmea-receiver.ts')).createNmeaReceiver(gnss),
    doorContact: doorContact && (await createDoorContact(doorContact)),
    busLink:
      config.busLink &&
      busKey &&
      (await import('../../drivers/bus-link/bus-link.ts')).createBusLink(
        { name: 'bus-link', ...config.busLink },
        { device, key: busKey },
      ),
  };
}

export type Drivers = Awaited<ReturnType<typeof loadDrivers>>;
