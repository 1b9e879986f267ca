/**
 * Cards as the app Metrodroid exports them (JSON; metrodroid/metrodroid, card/iso7816 and card/china, where the classes that are written are):
 * `{"tagId", "scannedAt", "iso7816": {"applications": [["china", {"generic": {"appName", "appFci", "sfiFiles", "files"}, "balances"}]]}}`.
 * `sfiFiles` are by short file identifier in decimal, `files` by path: `:4`, `:1001:15`, in hex.
 */
import { z } from 'zod';
import { type CardApplication, type CardImage, cardImageSchema } from '../card-image.ts';
import { plainAtr } from './conversation.ts';

const hex = z.string().regex(/^([0-9a-f]{2})*$/i, 'must be an even number of hex digits');
const file = z.object({
  binaryData: hex.nullish(),
  records: z.record(z.string().regex(/^\d{1,3}$/), hex).nullish(),
});
type File = z.infer<typeof file>;
const capsule = z.object({
  appName: hex.nullish(),
  appFci: hex.nullish(),
  sfiFiles: z.record(z.string().regex(/^\d{1,2}$/), file).nullish(),
  files: z.record(z.string().max(200), file).nullish(),
});
const application = z.tuple([
  z.string(),
  z.object({ generic: capsule, balances: z.record(z.string().regex(/^\d$/), hex).nullish() }),
]);
const dump = z.object({ iso7816: z.object({ applications: z.array(application).max(32) }) });
type Dumped = z.infer<typeof application>[1];

/** The names by which the app selects an old Beijing card, `OC` and `PBOC`: its files are under the master file. */
const beijingNames = ['4f43', '50424f43'];
const lastSfi = 30;

export function isMetrodroid(json: unknown): boolean {
  return typeof json === 'object' && json !== null && 'tagId' in json && 'scannedAt' in json;
}

/** @throws Error that says what is wrong with it, or what it has none of */
export function imageOfMetrodroid(json: unknown): CardImage {
  const read = dump.safeParse(json);
  if (!read.success) {
    const [issue] = read.error.issues;
    throw new Error(`a Metrodroid dump that cannot be used: ${issue?.path.join('.')}: ${issue?.message}`);
  }
  const found = read.data.iso7816.applications.flatMap(([, dumped]) => applicationsOf(dumped));
  const applications = found.filter(({ aid }, i) => found.findIndex(other => other.aid === aid) === i);
  if (applications.length === 0) throw new Error('it has no application with a name');
  return cardImageSchema.parse({ atr: plainAtr, applications });
}

function applicationsOf({ generic, balances }: Dumped): CardApplication[] {
  const name = generic.appName?.toLowerCase() ?? '';
  const aid = beijingNames.includes(name) || name === '' ? 'mf' : name.toUpperCase();
  const here = new Map(
    Object.entries(generic.sfiFiles ?? {}).map(([sfi, each]) => [Number(sfi), each] as const),
  );
  const inFolder = new Map<number, File>();
  for (const [path, each] of Object.entries(generic.files ?? {})) {
    const [, folder, id = ''] = /^(?::(1001))?:([0-9a-f]{1,4})$/i.exec(path) ?? [];
    const files = folder === undefined ? here : inFolder;
    const sfi = Number.parseInt(id, 16);
    if (!files.has(sfi)) files.set(sfi, each);
  }
  const purse = purseOf(balances ?? {});
  const isOld = aid === 'mf';
  const own = { aid, ...(generic.appFci && { fci: generic.appFci }), ...contentOf(here) };
  if (!isOld) return [{ ...own, ...purse }];
  // The old card's purse stands in a DF of its own.
  return [own, { aid: '1001', ...contentOf(inFolder), ...purse }];
}

function contentOf(given: ReadonlyMap<number, File>): Pick<CardApplication, 'files' | 'records'> {
  const known = [...given].filter(([sfi]) => sfi >= 1 && sfi <= lastSfi);
  const files = known.flatMap(([sfi, { binaryData }]) => (binaryData ? [[keyOf(sfi), binaryData]] : []));
  const records = known.flatMap(([sfi, each]) => {
    const list = recordsOf(each);
    return list.length === 0 ? [] : [[keyOf(sfi), list]];
  });
  return { files: Object.fromEntries(files), records: Object.fromEntries(records) };
}

const keyOf = (sfi: number) => sfi.toString(16).toUpperCase().padStart(2, '0');

/** Those up to the first that is missing: a record is known by its place. */
function recordsOf({ records }: File): string[] {
  const list: string[] = [];
  for (let number = 1; records?.[number]; number++) list.push(records[number] ?? '');
  return list;
}

/** Purse 03, or 00 where there is none; 02 is what of the overdraft is used. */
function purseOf(balances: Readonly<Record<string, string>>): Pick<CardApplication, 'purse'> {
  const fen = (which: string) =>
    balances[which]?.length === 8 ? Number.parseInt(balances[which], 16) : undefined;
  const balance = fen('3') ?? fen('0');
  if (balance === undefined) return {};
  return { purse: { balance, overdraftUsed: fen('3') === undefined ? 0 : (fen('2') ?? 0) } };
}
