/** The present state of the bus: the whole state once, then changes; the whole again after the simulator was away. */
import type { PanelChange, PanelState } from '../protocol.ts';
import { createValue, type Value } from './value.ts';

const againMs = 2000;

export interface LiveState {
  readonly state: Value<PanelState | undefined>;
  readonly isConnected: Value<boolean>;
}

export function watchBus(): LiveState {
  const state = createValue<PanelState | undefined>(undefined);
  const isConnected = createValue(false);

  function connect(): void {
    const events = new EventSource('/api/events');
    events.addEventListener('state', ({ data }) => {
      state.set(JSON.parse(data) as PanelState);
      isConnected.set(true);
    });
    events.addEventListener('change', ({ data }) => {
      const before = state.get();
      if (before !== undefined) state.set({ ...before, ...(JSON.parse(data) as PanelChange) });
    });
    events.addEventListener('error', () => {
      isConnected.set(false);
      const before = state.get();
      // Nobody tells any more when they end.
      if (before !== undefined) state.set({ ...before, underWay: [] });
      // Browsers reconnect by themselves after some failures, and give up after others.
      if (events.readyState === EventSource.CLOSED) setTimeout(connect, againMs);
    });
  }

  connect();
  return { state, isConnected };
}
