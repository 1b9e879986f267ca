/** `diagnostics`: one archive for whoever looks at it far away; nothing of any passenger is in it. */
import { z } from 'zod';
import { archive, type Entry } from '../../maintenance/diagnostics.ts';
import { type Command, command, type Dialogue, Refusal } from '../command.ts';
import type { ConsoleContext } from '../context.ts';
import { count } from '../data.ts';
import { wordsIn } from '../language.ts';
import { cache } from './cache.ts';
import { clock } from './clock.ts';
import { config } from './config.ts';
import { counters } from './counters.ts';
import { denied } from './denied.ts';
import { door } from './door.ts';
import { feed } from './feed.ts';
import { gnss } from './gnss.ts';
import { line } from './line.ts';
import { network } from './network.ts';
import { reader } from './reader.ts';
import { readers } from './readers.ts';
import { scanner } from './scanner.ts';
import { status } from './status.ts';
import { stop } from './stop.ts';
import { uplink } from './uplink.ts';
import { version } from './version.ts';

/** Neither `journal` nor `taps` nor `explain`: they are about passengers. */
const asked: readonly Command[] = [
  ...[status, version, config, readers, reader, scanner, line, stop, door, gnss, clock, network],
  ...[feed, cache, denied, uplink, counters],
];
const logLines = 1000;

export const diagnostics = command({
  name: 'diagnostics',
  usage: '',
  example: 'diagnostics',
  help: {
    en: 'one archive of all that is known, without personal data, to send',
    zh: '生成诊断归档（不含个人信息），可传送',
  },
  access: 'technician',
  schema: z.object({
    /** The name of the file to send. */
    file: z.string(),
    bytes: count,
    entries: z.array(z.string()),
  }),
  async run(context, _args, dialogue, signal) {
    const { maintenance } = context;
    const entries: Entry[] = [];
    const quiet: Dialogue = { ...dialogue, say: () => undefined, ask: () => Promise.resolve(undefined) };
    for (const each of asked) entries.push(...(await entriesOf(each, context, quiet, signal)));
    if (signal.aborted) return new Refusal('aborted', 'no archive was made', '未生成归档');
    const selftest = maintenance.selftest.last() ?? null;
    const lines = maintenance.book.newest(logLines);
    const { name: file, ...archived } = await archive(
      [
        ...entries,
        { name: 'selftest.json', text: json(selftest) },
        { name: 'log.ndjson', text: `${lines.join('\n')}\n` },
      ],
      maintenance.outbox,
    );
    return { file, bytes: archived.bytes, entries: [...archived.entries] };
  },
  tell({ file, bytes, entries }, language) {
    const size = `${Math.ceil(bytes / 1024)} KiB`;
    return wordsIn(language)(
      `${file}: ${size}, ${entries.length} files. send ${file}`,
      `${file}：${size}，${entries.length} 个文件。send ${file}`,
    );
  },
});

/** A command's answer for programs and for eyes; one that fails says so in its place. */
async function entriesOf(
  each: Command,
  context: ConsoleContext,
  quiet: Dialogue,
  signal: AbortSignal,
): Promise<Entry[]> {
  const result = await Promise.resolve()
    .then(() => each.run(context, [], quiet, signal))
    .catch(error => new Refusal('failed', String(error), String(error)));
  if (result instanceof Refusal) return [{ name: `${each.name}.txt`, text: `${result.message.en}\n` }];
  return [
    { name: `${each.name}.json`, text: json(result) },
    { name: `${each.name}.txt`, text: `${each.tell(result, 'en')}\n` },
  ];
}

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
