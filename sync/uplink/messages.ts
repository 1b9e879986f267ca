/** The bodies of all messages but `rows`: JSON, as these schemas have it. docs/formats/uplink/ has them as JSON Schema. */
import { z } from 'zod';
import { officeCommands } from '../../device/core/office-commands.ts';

/** As `idOf` names a message. */
const id = z.string().regex(/^[0-9a-f]{32}$/);
const seq = z.int().min(0).max(0xffffffff);
/** The first and the last of them. */
const range = z.tuple([seq, seq]).refine(([first, last]) => first <= last, 'must not end before it begins');
const ranges = z.array(range).max(1000);
const version = z.int().min(0);
/** Of a device's connections; a higher one is newer. */
const connection = z.int().min(0);
const instant = z.int().min(0).max(1e14);

export const bodies = {
  /** A validator has connected. */
  hello: z.strictObject({
    connection,
    firmware: z.string().max(64),
    feedVersion: version.nullable(),
    /** Of the journal: a number of a row is good within one. */
    epoch: z.int().min(1).max(0xffffffff),
    lastSeq: seq,
    /** All rows up to it are with the back office. */
    acknowledged: seq,
    /** At random: what answers this hello answers no other. */
    nonce: id,
  }),
  /** How the validator is: at each stop, at each change, and every few minutes. */
  status: z.strictObject({
    connection,
    /** Counts what is said of it, since the start: the clock may be set back. */
    number: z.int().min(0),
    at: instant,
    ready: z.boolean(),
    /** For a list: of each part that does not work its alarm's code, kind and name. */
    terse: z.string().max(200),
    /** What is wrong, for people. */
    verbose: z.string().max(4000),
    /** Rows that are still to be acknowledged. */
    queue: seq,
    feedVersion: version.nullable(),
    /** Of the health codes; null where there are none. */
    statusAsOf: instant.nullable(),
    /** Of the links. */
    linksAsOf: instant.nullable(),
    /** Why health codes cannot be checked; null where they can. */
    dataProblem: z.string().max(64).nullable(),
    /** The stop's identifier; null between stops, and where it is not known. */
    stop: z.string().max(64).nullable(),
    /** Null where nothing tells. */
    doors: z.enum(['open', 'closed']).nullable(),
    /** The parts that do not work, by kind and name. */
    faults: z.array(z.string().max(100)).max(64),
  }),
  /** The broker says the second for a validator that has gone. */
  presence: z.strictObject({ connection, online: z.boolean() }),
  /** The answer to a hello. */
  welcome: z.strictObject({ answers: id, feedVersion: version.nullable() }),
  /** The answer to rows: what is on the back office's disk, and what never will be. */
  ack: z.strictObject({ answers: id, taken: ranges, refused: ranges }),
  /** Something to do, once, for the validator that has said this hello. */
  command: z.strictObject({
    /** The hello: the command ends with its connection. */
    answers: id,
    /** The back office's name of it, in all its messages. */
    id,
    name: z.enum(officeCommands),
    /** Not later than so long after the hello was said, by the validator's own stopwatch. */
    withinS: z.int().min(1).max(86_400),
  }),
  /** What came of a command. */
  answer: z.strictObject({ id, outcome: z.enum(['done', 'failed']), text: z.string().max(64_000) }),
  /** There is a new version of the feed. */
  feed: z.strictObject({ version }),
};

export type Bodies = { readonly [Kind in keyof typeof bodies]: z.infer<(typeof bodies)[Kind]> };

export type Ranges = Bodies['ack']['taken'];

export function writeBody<Kind extends keyof Bodies>(kind: Kind, body: Bodies[Kind]): Buffer {
  return Buffer.from(JSON.stringify(bodies[kind].parse(body)));
}

/** @returns undefined for what is no such body */
export function readBody<Kind extends keyof Bodies>(kind: Kind, bytes: Uint8Array): Bodies[Kind] | undefined;
export function readBody(kind: keyof Bodies, bytes: Uint8Array): unknown {
  try {
    return bodies[kind].safeParse(JSON.parse(Buffer.from(bytes).toString())).data;
  } catch {
    return undefined;
  }
}

/** @param seqs in their order */
export function rangesOf(seqs: readonly number[]): Ranges {
  const ranges: [number, number][] = [];
  for (const each of seqs) {
    const last = ranges.at(-1);
    if (last?.[1] === each - 1) last[1] = each;
    else ranges.push([each, each]);
  }
  return ranges;
}

export function isIn(ranges: Ranges, seq: number): boolean {
  return ranges.some(([first, last]) => first <= seq && seq <= last);
}
