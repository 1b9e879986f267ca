/** A line of two directions and a short way, as few numbers. */
import type { Route } from '../../../../device/core/fare/route.ts';

/** Stops are named by their kilometre; those of the way back end in `b`. The last pattern turns round at kilometre 12. */
export const route: Route = {
  line: '2',
  patterns: [
    { stops: stops(0, 5, 10, 12, 15, 21) },
    {
      stops: stops(0, 6, 9, 11, 16, 21).map(({ alongM }, i) => ({
        id: `${[21, 15, 12, 10, 5, 0][i]}b`,
        alongM,
      })),
    },
    { stops: stops(0, 5, 12) },
  ],
};

function stops(...kilometres: number[]) {
  return kilometres.map(km => ({ id: String(km), alongM: km * 1000 }));
}
