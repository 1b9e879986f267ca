/** The options of commands that publish lines from a GTFS feed; `GivenGtfs` is what they come to. */
import { Option } from 'commander';
import { eachOf } from '../../device/kit/option-values.ts';

export function gtfsOption(): Option {
  return new Option(
    '--gtfs <zip>',
    'a GTFS feed, zip or folder: its lines, stops and ways to publish from now on',
  );
}

export function gtfsLineOption(): Option {
  return new Option(
    '--gtfs-line <name>',
    'a line of it, by its route_short_name; several may be given; all unless given',
  ).argParser(eachOf);
}
