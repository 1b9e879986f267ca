/** What commands have set around the validators, for a page that shows it and puts it right: the bus itself does not tell. */
import type { CommandDone, Settings } from './protocol.ts';

export interface SettingsWatch {
  /** Takes a command that was carried out. */
  done(command: Pick<CommandDone, 'line' | 'outcome'>): void;
  /** @param isNetworkUp which the bus does tell */
  now(isNetworkUp: boolean): Settings;
}

const ofTheBus = ['data', 'source'];
const ofADoor = ['reader', 'freeze', 'disk', 'clock', 'gnss'];
/** Where a receiver is, is no fault of it. */
const places = ['at', 'stop', 'drive'];

export function createSettingsWatch(): SettingsWatch {
  let settings: Settings = {};

  return {
    done({ line, outcome }) {
      if (outcome.event === 'error') return;
      const [name = '', ...words] = line.trim().split(/\s+/);
      const post = ofADoor.includes(name) ? words.shift() : undefined;
      const [first] = words;
      if (first === undefined || (post === undefined && !ofTheBus.includes(name))) return;
      if (name === 'gnss' && places.includes(first)) return;
      const about = post === undefined ? name : `${name} ${post}`;
      settings = { ...settings, [about]: words.join(' '), ...alsoSet(about, first) };
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

/** Data of now or of two days ago is published by a source that answers, or that fails. */
function alsoSet(about: string, word: string): Settings {
  if (about !== 'data' || word === 'missing') return {};
  return { source: word === 'stale' ? 'failing' : 'ok' };
}
