/** A few stops of Beijing's line 2, roughly where they are (WGS 84), as the bus group would publish them. */
import { writeFileSync } from 'node:fs';
import { stringify } from 'yaml';
import type { Position } from '../../device/core/stop.ts';
import type { PublishedLine } from '../../device/settings/lines-file.ts';

export type LineStop = Readonly<PublishedLine['stops'][number]>;

/** The line that a bus is on. */
export interface BusLine {
  readonly stops: readonly LineStop[];
  /** Where the bus goes, and how it comes back. */
  readonly there: readonly LineStop[];
  readonly back: readonly LineStop[];
}

/** From south to north. */
export const lineStops: readonly [LineStop, ...LineStop[]] = [
  { id: '2-01', zh: '海户屯', en: 'Haihutun', lat: 39.8527, lon: 116.3936 },
  { id: '2-02', zh: '木樨园桥北', en: 'Muxiyuanqiao North', lat: 39.8606, lon: 116.3934 },
  { id: '2-03', zh: '沙子口', en: 'Shazikou', lat: 39.8664, lon: 116.3932 },
  { id: '2-04', zh: '永定门内', en: 'Yongdingmennei', lat: 39.8752, lon: 116.3927 },
  { id: '2-05', zh: '天桥', en: 'Tianqiao', lat: 39.8826, lon: 116.3924 },
  { id: '2-06', zh: '珠市口南', en: 'Zhushikou South', lat: 39.8878, lon: 116.3921 },
  { id: '2-07', zh: '前门', en: 'Qianmen', lat: 39.8986, lon: 116.3917 },
  { id: '2-08', zh: '天安门东', en: "Tian'anmen East", lat: 39.9063, lon: 116.3969 },
  { id: '2-09', zh: '东华门', en: 'Donghuamen', lat: 39.9137, lon: 116.3992 },
  { id: '2-10', zh: '宽街路口南', en: 'Kuanjie South', lat: 39.9315, lon: 116.4017 },
];

export const usualLine: BusLine = { stops: lineStops, there: lineStops, back: lineStops.toReversed() };

/** The file for `feed publish --lines`. */
export function writeLines(file: string): void {
  writeFileSync(file, stringify({ lines: [{ line: '2', stops: lineStops }] }));
}

export function placeOf({ lat, lon }: LineStop): Position {
  return { latitudeDeg: lat, longitudeDeg: lon };
}
