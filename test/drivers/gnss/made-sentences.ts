/** Sentences made and read by the tests. */
import { readSentences, type Sentence } from '../../../drivers/gnss/sentence.ts';
import { sentence } from '../../../sim/wires/nmea.ts';

export const iso = (time: number | undefined) =>
  time === undefined ? undefined : new Date(time).toISOString();
export const one = (line: string): Sentence | undefined => readSentences(line).sentences[0];
/** With the checksum it should have. */
export const read = (body: string) => one(sentence(body).trimEnd());

export const place = '3953.9160,N,11623.5020,E';
export const rmc = (clock: string, date: string, status = 'A', where = place, mode = ',A') =>
  `GNRMC,${clock},${status},${where},0.0,,${date},,${mode}`;
