/** How far a validator's rows have come, in memory. */
import type { Mark } from '../../sync/uplink/mark.ts';

/** A thousand validators on one machine would wait for one disk; each has its own on the bus. */
export function createFleetMark(epoch: number): Mark {
  let acknowledged = 0;
  let refused: Mark['refused'] = { rows: 0, last: 0, newest: [] };
  let connection = 0;
  return {
    epoch,
    get acknowledged() {
      return acknowledged;
    },
    get refused() {
      return refused;
    },
    advance(to, bad) {
      acknowledged = to;
      refused = { rows: refused.rows + bad.length, last: bad.at(-1) ?? refused.last, newest: [] };
    },
    begin: () => undefined,
    nextConnection(now) {
      connection = Math.max(connection + 1, Math.floor(now / 1000));
      return connection;
    },
  };
}
