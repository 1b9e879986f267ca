/** The policy's tables of what a ride costs. */
import { z } from 'zod';
import { beijingFares, type Fares } from '../core/fare/fare-table.ts';
import { section } from '../kit/yaml-file.ts';
import { instant, lineName } from './values.ts';

const percent = z.number().min(0).max(100);
const fen = z.int().min(0).max(100_000);
/** No line of a city is longer than a million metres. */
const metres = z.int().min(1).max(1_000_000);
const day = 86_400;

const table = {
  baseFen: fen,
  minimumBalanceFen: fen,
  payPercent: section({
    rideCode: percent,
    ordinary: percent,
    student: percent,
    senior: percent,
    test: percent,
    military: percent,
    unknown: percent,
  }),
  distance: section({ includedM: metres, stepM: metres, stepFen: fen }).default(beijingFares.distance),
  flatLines: z.array(lineName).default([...beijingFares.flatLines]),
  rideMaxS: z.int().min(60).max(day).default(beijingFares.rideMaxS),
};

const changes = z
  .array(section({ from: instant, ...table }))
  .max(10)
  .refine(tables => tables.every(({ from }, i) => from > (tables[i - 1]?.from ?? Number.NEGATIVE_INFINITY)), {
    error: 'its tables must be in the order of their from',
  });

export const fares: z.ZodType<Fares> = section({
  ...table,
  changes: changes.default([]),
  abnormalPays: z.boolean().default(beijingFares.abnormalPays),
  makeUpDays: z.int().min(0).max(60).default(beijingFares.makeUpDays),
});
