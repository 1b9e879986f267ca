/** What every part of the page needs: the state, the words, and the way to do something. */
import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { PanelState, PassengerState } from '../protocol.ts';
import type { Outcome } from './api.ts';
import type { Doing } from './doing.ts';
import type { Preferences } from './preferences.ts';
import type { TextName } from './texts.ts';

export interface Panel {
  readonly state: PanelState;
  readonly preferences: Preferences;
  /** The passenger in hand, who is presented next. */
  readonly selected: PassengerState | undefined;
  select(passenger: string): void;
  /** Added to a presentation of this passenger: a card's fault, or how a camera sees a code. */
  readonly manner: string;
  setManner(manner: string): void;
  /** Commands that have begun and not ended, of this page and of others. */
  readonly underWay: readonly string[];
  t(name: TextName): string;
  run: Doing['run'];
  holdPicture(post: string, picture: Blob): Promise<Outcome>;
  /** Whether the simulator has this command. */
  knows(command: string): boolean;
}

export const PanelContext = createContext<Panel | undefined>(undefined);

export function usePanel(): Panel {
  const panel = useContext(PanelContext);
  if (panel === undefined) throw new Error('outside the panel');
  return panel;
}
