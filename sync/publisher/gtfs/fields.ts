/** The columns of a GTFS feed that the fare needs, as the GTFS Schedule Reference defines them. Others are passed over. */
import { z } from 'zod';

const id = z.string().max(255, 'is longer than 255 characters');
const name = z.string().max(1000, 'is longer than 1000 characters');
const whole = z
  .string()
  .regex(/^\d{1,9}$/, 'must be a whole number, 0 or more')
  .transform(Number);
const number = z
  .string()
  .regex(/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d{1,3})?$/i, 'must be a number')
  .transform(Number);
const degrees = (most: number) =>
  number.refine(value => Math.abs(value) <= most, `must be between -${most} and ${most}`);
const notNegative = number.refine(value => value >= 0 && Number.isFinite(value), 'must be 0 or more');
const oneOf = (...values: string[]) => z.enum(values, `must be ${values.join(', ')}`);
/** A day of service, YYYYMMDD. */
const serviceDay = z.string().regex(/^\d{8}$/, 'must be a date, YYYYMMDD');
const runs = oneOf('0', '1');

export const gtfsFields = {
  'agency.txt': z.object({ agency_id: id.optional(), agency_name: name }),
  'routes.txt': z.object({
    route_id: id,
    agency_id: id.optional(),
    route_short_name: name.optional(),
    route_long_name: name.optional(),
    route_type: whole,
  }),
  'stops.txt': z.object({
    stop_id: id,
    stop_name: name.optional(),
    stop_lat: degrees(90).optional(),
    stop_lon: degrees(180).optional(),
    location_type: oneOf('0', '1', '2', '3', '4').optional(),
    parent_station: id.optional(),
  }),
  'trips.txt': z.object({
    route_id: id,
    service_id: id,
    trip_id: id,
    shape_id: id.optional(),
  }),
  'stop_times.txt': z.object({
    trip_id: id,
    stop_id: id,
    stop_sequence: whole,
    shape_dist_traveled: notNegative.optional(),
  }),
  'shapes.txt': z.object({
    shape_id: id,
    shape_pt_lat: degrees(90),
    shape_pt_lon: degrees(180),
    shape_pt_sequence: whole,
  }),
  'calendar.txt': z.object({
    service_id: id,
    monday: runs,
    tuesday: runs,
    wednesday: runs,
    thursday: runs,
    friday: runs,
    saturday: runs,
    sunday: runs,
    start_date: serviceDay,
    end_date: serviceDay,
  }),
  /** As the reference has it; rows of Google's older extension, which has other columns, are passed over. */
  'translations.txt': z.object({
    table_name: name.optional(),
    field_name: name.optional(),
    language: name.optional(),
    translation: name.optional(),
    record_id: id.optional(),
    field_value: name.optional(),
  }),
  'calendar_dates.txt': z.object({ service_id: id, date: serviceDay, exception_type: oneOf('1', '2') }),
} as const;

export type GtfsFile = keyof typeof gtfsFields;
export type GtfsRow<F extends GtfsFile> = z.output<(typeof gtfsFields)[F]>;
