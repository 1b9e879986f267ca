/** `trace`: what passes between readers and cards and on serial lines, without accounts, in a file for Wireshark. */
import { z } from 'zod';
import { messageOf } from '../../kit/errors.ts';
import { longestTraceS } from '../../trace/tracer.ts';
import { command, Refusal } from '../command.ts';
import type { ConsoleContext } from '../context.ts';
import { count } from '../data.ts';
import { wordsIn } from '../language.ts';

const usualS = 300;
const fileName = /^[A-Za-z0-9][A-Za-z0-9._-]{0,58}\.pcapng$/;
const wrongUse = new Refusal(
  'usage',
  `trace: FILE.pcapng, letters, digits, dots and dashes, and 1 to ${longestTraceS} seconds; or stop`,
  `trace：文件名.pcapng（字母、数字、点、横线），1 至 ${longestTraceS} 秒；或 stop`,
);

const traceShape = z.object({
  /** Whether one goes on. */
  running: z.boolean(),
  /** The newest since the start; null for none. */
  file: z.string().nullable(),
  packets: count,
  bytes: count,
  /** The disk was too slow for so many. */
  dropped: count,
  /** Why it has ended; null while it goes on. */
  ended: z.string().nullable(),
});
type TraceData = z.infer<typeof traceShape>;

const none: TraceData = { running: false, file: null, packets: 0, bytes: 0, dropped: 0, ended: null };

export const trace = command({
  name: 'trace',
  usage: '[FILE.pcapng [SECONDS]|stop]',
  example: 'trace cards.pcapng 60',
  help: {
    en: `what passes between readers and cards and on serial lines, without accounts, for Wireshark; ${usualS} s unless told`,
    zh: `记录读卡器与卡片之间及串口上的数据（不含账号），供 Wireshark 打开；默认 ${usualS} 秒`,
  },
  access: 'technician',
  schema: traceShape,
  words: () => ['stop'],
  async run(context, [file, seconds = String(usualS), ...more]) {
    if (more.length > 0) return wrongUse;
    if (file === 'stop') await context.trace.stop();
    else if (file !== undefined) {
      if (!fileName.test(file) || !/^\d{1,4}$/.test(seconds)) return wrongUse;
      const forS = Number(seconds);
      if (forS < 1 || forS > longestTraceS) return wrongUse;
      const refused = await start(context, file, forS);
      if (refused !== undefined) return refused;
    }
    return stateOf(context);
  },
  tell({ running, file, packets, bytes, dropped, ended }, language) {
    const say = wordsIn(language);
    if (file === null) return say('no trace since the start', '启动以来没有记录');
    const lost = dropped === 0 ? '' : say(`, ${dropped} DROPPED`, `，丢弃 ${dropped} 个`);
    const size = say(
      `${file}: ${packets} packets, ${bytes} bytes${lost}`,
      `${file}：${packets} 个数据包，${bytes} 字节${lost}`,
    );
    return running
      ? say(`${size}, going on`, `${size}，记录中`)
      : say(`${size}. ${ended}`, `${size}。${ended}`);
  },
});

async function start({ trace: tracer }: ConsoleContext, file: string, forS: number) {
  try {
    await tracer.start(file, forS);
    return undefined;
  } catch (error) {
    const why = messageOf(error);
    return new Refusal('failed', `no trace: ${why}`, `无法记录：${why}`);
  }
}

function stateOf({ trace: tracer }: ConsoleContext): TraceData {
  const now = tracer.state();
  if (now === undefined) return none;
  const { file, packets, bytes, dropped, ended = null } = now;
  return { running: ended === null, file, packets, bytes, dropped, ended };
}
