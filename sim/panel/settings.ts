/** What commands have set around the validators, for a page that shows it and puts it right: the bus itself does not tell. */
import type { CommandDone, Settings } from './protocol.ts';

export interface SettingsWatch {
  /** Takes a command that was carried out. */
  done(command: Pick<CommandDone, 'line' | 'outcome'>): void;
  /** @param isNetworkUp which the bus does tell */
  now(isNetworkUp: boolean): Settings;
}

const ofTheBus = ['data', 'source'];
const ofADoor = ['reader', 'psam', 'freeze', 'disk', 'clock', 'gnss', 'door', 'unplug'];
/** Where a receiver is, is no fault of it. */
const places = ['at', 'stop', 'drive', 'drive-back'];

export function createSettingsWatch(): SettingsWatch {
  let settings: Settings = {};

  return {
    done({ line, outcome }) {
      if (outcome.event === 'error') return;
      const [name = '', ...words] = line.trim().split(/\s+/);
      if (!ofADoor.includes(name) && !ofTheBus.includes(name)) return;
      const about = [name, ...words.splice(0, wordsBefore(name))];
      const [first] = words;
      if (first === undefined || (name === 'gnss' && places.includes(first))) return;
      settings = { ...settings, [nameOf(about)]: words.join(' '), ...alsoSet(name, first) };
    },
    now(isNetworkUp) {
      const { data } = settings;
      // With the network, lost data comes back by itself.
      return {
        ...settings,
        network: isNetworkUp ? 'on' : 'off',
        ...(data === 'missing' && isNetworkUp && { data: 'fresh' }),
      };
    },
  };
}

/** The door, and of its wires one. A wire that is loose for a moment has no further word, and stays as it is. */
function wordsBefore(name: string): number {
  if (name === 'unplug') return 2;
  return ofADoor.includes(name) ? 1 : 0;
}

/** The reader is pulled by either of two commands. */
function nameOf(about: readonly string[]): string {
  const [, post, wire] = about;
  return wire === 'reader' ? `reader ${post}` : about.join(' ');
}

/** Data of now or of two days ago is published by a source that answers, or that fails. */
function alsoSet(name: string, word: string): Settings {
  if (name !== 'data' || word === 'missing') return {};
  return { source: word === 'stale' ? 'failing' : 'ok' };
}
