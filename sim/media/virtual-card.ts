/**
 * A card that answers command APDUs from its image: the part of ISO/IEC 7816-4 a fare reader uses, plus
 * JT/T 978's GET BALANCE.
 */
import { randomBytes } from 'node:crypto';
import { concatBytes, equalBytes, toHex } from '../../device/core/bytes.ts';
import type { CardReading } from '../../device/core/transit-card/reading.ts';
import { readTransitCard } from '../../device/core/transit-card.ts';
import { answer, type Command, parseCommand } from './apdu.ts';
import { type CardApplication, type CardImage, sfiOf } from './card-image.ts';
import { hexBytes, uintBytes } from './encoding.ts';
import { createPurse, load, type Purse, type PurseState } from './purse.ts';
import { testPurseKeys } from './purse-keys.ts';

export interface VirtualCard {
  readonly atr: Uint8Array;
  /** Answers any bytes with data and a status word; never throws. */
  respond(command: Uint8Array): Uint8Array;
  /** Power cycle: the master file is selected again and the card shows a new random UID. */
  reset(): void;
}

/** A passenger's: what is on it moves, and can be looked at without asking it. */
export interface PassengerCard extends VirtualCard {
  /** Undefined for a card without a purse. */
  money(): Readonly<PurseState> | undefined;
  /** What is on it now. */
  image(): CardImage;
  /**
   * Puts money on the purse, as a machine of the issuer does: what was overdrawn first.
   * @returns false for a card without a purse, and where the purse cannot hold so much
   */
  topUp(amountFen: number): boolean;
}

interface Application {
  readonly given: CardApplication;
  readonly name: Uint8Array;
  readonly isMarkOnly: boolean;
  readonly fci: Uint8Array;
  readonly files: ReadonlyMap<number, Uint8Array>;
  readonly records: ReadonlyMap<number, Uint8Array[]>;
  readonly money: PurseState | undefined;
  /** Undefined where no purchase is possible: the keys are derived from the number. */
  readonly purse: Purse | undefined;
}

const masterFile = Uint8Array.of(0x3f, 0x00);
/** A T-Union card holds this DF, invalidated, once its issuer has blacklisted it. */
const blacklistMark = Uint8Array.of(0xad, 0xfa);

/** Short file identifier of a T-Union card's number and dates. */
const publicData = 0x15;
/** Records of a cyclic file: JT/T 978 asks for ten at least. */
const longestLog = 10;
const nothing = new Uint8Array(0);
const ok = 0x9000;

export function createVirtualCard(image: CardImage): PassengerCard {
  const oldNumber = numberOfOldCard(image);
  const applications = image.applications.map(application => toApplication(application, oldNumber));
  const root = findExactly(applications, masterFile) ?? toApplication({ aid: 'mf' });
  const answers = Object.entries(image.answers ?? {})
    .map(([command, response]) => ({ command: hexBytes(command), response: hexBytes(response) }))
    .sort((a, b) => b.command.length - a.command.length);
  const money = applications.find(application => application.money !== undefined)?.money;
  let current = root;
  let uid = randomUid();

  function answerGiven(bytes: Uint8Array): Uint8Array | undefined {
    return answers.find(({ command }) => equalBytes(command, bytes.subarray(0, command.length)))?.response;
  }

  function select({ p1, p2, data }: Command): Uint8Array {
    if (p2 !== 0x00 && p2 !== 0x0c) return answer(0x6a86);
    if (p1 !== 0x00 && p1 !== 0x04) return answer(0x6a86);
    if (p1 === 0x00 && data.length !== 2 && data.length !== 0) return answer(0x6700);
    const found = p1 === 0x04 ? findByAid(applications, data) : findByDf(applications, root, data);
    if (!found) return answer(0x6a82);
    // The mark has nothing to read, so the application it stands in stays selected.
    if (found.isMarkOnly) return answer(0x6283);
    current = found;
    return answer(ok, p2 === 0x0c ? nothing : found.fci);
  }

  function dispatch(command: Command): Uint8Array {
    const { cla, ins } = command;
    if (cla !== 0x00 && cla !== 0x80 && cla !== 0xff) return answer(0x6e00);
    if (cla === 0x00 && ins === 0xa4) return select(command);
    if (cla === 0x00 && ins === 0xb0) return readBinary(current, command);
    if (cla === 0x00 && ins === 0xb2) return readRecord(current, command);
    if (cla === 0x80 && ins === 0x5c) return getBalance(current, command);
    const paid = current.purse?.respond(command);
    if (paid !== undefined) return paid;
    if (cla === 0xff && ins === 0xca) return getUid(uid, command);
    return answer(0x6d00);
  }

  return {
    atr: hexBytes(image.atr),
    respond(bytes) {
      const given = answerGiven(bytes);
      if (given !== undefined) return given;
      const command = parseCommand(bytes);
      return command ? dispatch(command) : answer(0x6700);
    },
    reset() {
      for (const { purse } of applications) purse?.reset();
      current = root;
      uid = randomUid();
    },
    image: () => ({ ...image, applications: applications.map(imageOf) }),
    money: () => money,
    topUp(amountFen) {
      return money !== undefined && load(money, amountFen);
    },
  };
}

/** Reads the card as the firmware does. */
export function readAsFirmware(image: CardImage): CardReading {
  const card = createVirtualCard(image);
  return talkTo(card, readTransitCard(card.atr));
}

/** @param dialogue yields commands, is resumed with responses. @returns what it ends with */
export function talkTo<T>(card: VirtualCard, dialogue: Generator<Uint8Array, T, Uint8Array>): T {
  let step = dialogue.next();
  while (!step.done) step = dialogue.next(card.respond(step.value));
  return step.value;
}

/** By short file identifier only: no file is ever current here. */
function readBinary({ files }: Application, { p1, p2, data, le }: Command): Uint8Array {
  if (data.length > 0 || le === undefined) return answer(0x6700);
  if ((p1 & 0x80) === 0) return answer(0x6986);
  if ((p1 & 0x60) !== 0) return answer(0x6a86);
  const file = files.get(p1 & 0x1f);
  if (!file) return answer(0x6a82);
  if (p2 >= file.length) return answer(0x6b00);
  return answer(ok, upTo(le, file.subarray(p2)));
}

function readRecord({ records }: Application, { p1, p2, data, le }: Command): Uint8Array {
  if (data.length > 0 || le === undefined) return answer(0x6700);
  if ((p2 & 0x07) !== 0x04) return answer(0x6a86);
  const file = records.get(p2 >> 3);
  if (!file) return answer(0x6a82);
  const record = file[p1 - 1];
  return record ? answer(ok, upTo(le, record)) : answer(0x6a83);
}

/** P1 00 is how the old Beijing card is asked for its balance, 03 and 02 how a T-Union card is. */
function getBalance({ money }: Application, { p1, p2, data, le }: Command): Uint8Array {
  if (data.length > 0 || le === undefined) return answer(0x6700);
  if (p2 !== 0x02) return answer(0x6a86);
  if (!money) return answer(0x6985);
  if (p1 === 0x00 || p1 === 0x03) return answer(ok, upTo(le, uintBytes(money.balance, 4)));
  return p1 === 0x02 ? answer(ok, upTo(le, uintBytes(money.overdraftUsed, 4))) : answer(0x6a86);
}

/** PC/SC's pseudo command to the reader, which a virtual reader passes on to the card. */
function getUid(uid: Uint8Array, { p1, p2, data, le }: Command): Uint8Array {
  if (data.length > 0 || le === undefined) return answer(0x6700);
  return p1 === 0 && p2 === 0 ? answer(ok, upTo(le, uid)) : answer(0x6a86);
}

/** The whole name first, then the first application whose name starts with what was asked for. */
function findByAid(applications: readonly Application[], aid: Uint8Array): Application | undefined {
  const named = applications.filter(application => application.name.length > 2);
  if (aid.length === 0) return undefined;
  return findExactly(named, aid) ?? named.find(({ name }) => equalBytes(name.subarray(0, aid.length), aid));
}

/** No DF id at all means the master file, as its own id 3F00 does. */
function findByDf(applications: readonly Application[], root: Application, id: Uint8Array) {
  return id.length === 0 || equalBytes(id, masterFile) ? root : findExactly(applications, id);
}

function findExactly(applications: readonly Application[], name: Uint8Array): Application | undefined {
  return applications.find(application => equalBytes(application.name, name));
}

function toApplication(image: CardApplication, oldNumber?: Uint8Array): Application {
  const name = image.aid.toLowerCase() === 'mf' ? masterFile : hexBytes(image.aid);
  const files = new Map(Object.entries(image.files ?? {}).map(([key, hex]) => [sfiOf(key), hexBytes(hex)]));
  const records = new Map(
    Object.entries(image.records ?? {}).map(([key, list]) => [sfiOf(key), list.map(hexBytes)]),
  );
  const money = image.purse && { ...emptyPurse, ...image.purse };
  return {
    given: image,
    name,
    isMarkOnly: equalBytes(name, blacklistMark),
    fci: hexBytes(image.fci ?? ''),
    files,
    records,
    money,
    purse: money && purseOf(money, files.get(publicData)?.subarray(12, 20) ?? oldNumber, records),
  };
}

function imageOf({ given, records, money }: Application): CardApplication {
  const written = [...records].map(([sfi, list]) => [sfi.toString(16), list.map(toHex)]);
  return {
    ...given,
    ...(given.records && { records: Object.fromEntries(written) }),
    ...(money && { purse: { ...money } }),
  };
}

const emptyPurse: PurseState = {
  balance: 0,
  overdraftUsed: 0,
  overdraftLimit: 0,
  sequence: 0,
  locked: false,
};

/** An old Beijing card has its number in file 4, beside its purse. */
function numberOfOldCard({ applications }: CardImage): Uint8Array | undefined {
  const files = applications.flatMap(application => Object.entries(application.files ?? {}));
  const file4 = files.find(([key]) => sfiOf(key) === 0x04)?.[1];
  return file4 === undefined ? undefined : hexBytes(file4).subarray(0, 8);
}

/** @param number 8 bytes, of which the card's keys are derived */
function purseOf(
  state: PurseState,
  number: Uint8Array | undefined,
  records: ReadonlyMap<number, Uint8Array[]>,
): Purse | undefined {
  if (number?.length !== 8) return undefined;
  return createPurse({
    state,
    keys: testPurseKeys,
    number,
    write: (sfi, at, record) => writeRecord(records.get(sfi), at, record),
    random: () => randomBytes(4),
  });
}

/** @param at 0 for a cyclic file: its oldest record gives way. @returns whether there is such a record */
function writeRecord(list: Uint8Array[] | undefined, at: number, record: Uint8Array): boolean {
  if (list === undefined) return false;
  if (at > 0) {
    if (list[at - 1]?.length !== record.length) return false;
    list[at - 1] = record;
    return true;
  }
  list.unshift(record);
  if (list.length > longestLog) list.pop();
  return true;
}

/** Common cards answer a Le beyond the end with what there is and 9000, not with 6282 or 6Cxx; so does this. */
function upTo(le: number, bytes: Uint8Array): Uint8Array {
  return bytes.subarray(0, le);
}

/** ISO/IEC 14443-3: a UID of four bytes that starts with 08 is random, as phones show it. */
function randomUid(): Uint8Array {
  return concatBytes(Uint8Array.of(0x08), randomBytes(3));
}
