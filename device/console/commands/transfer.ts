/** `send` and `receive`: files over the console's own line, by ZMODEM. */
import { z } from 'zod';
import { maintenanceFiles } from '../../maintenance/factory-reset.ts';
import { command, type Dialogue, Refusal } from '../command.ts';
import { count } from '../data.ts';
import { columns } from '../format.ts';
import { wordsIn } from '../language.ts';
import { createInbox, filesIn } from '../transfer/files.ts';
import { type TransferEnd, type TransferLimits, transfer } from '../transfer/zmodem.ts';

const file = z.object({ name: z.string(), bytes: count });

/** A technician has to find the keys of their terminal program. */
const limits: TransferLimits = { silentMs: 60_000, wholeMs: 4 * 3_600_000, heardBytes: 16 * 1024 * 1024 };
/** A slow line holds no more than it can pass before the far end is asked again. */
const windowBytes = '16384';

export const send = command({
  name: 'send',
  usage: '[NAME]',
  example: 'send diagnostics',
  help: {
    en: 'sends a file by ZMODEM, the newest that begins so; without a name: which there are',
    zh: '用 ZMODEM 发送文件（名称开头相符的最新一个）；不带名称则列出文件',
  },
  access: 'technician',
  schema: z.object({ files: z.array(file), sent: file.nullable() }),
  async run({ config }, [name], dialogue, signal) {
    const { outbox } = maintenanceFiles(config.journal);
    const files = await filesIn(outbox);
    if (name === undefined) return { files, sent: null };
    const wanted = files.find(each => each.name === name) ?? files.find(each => each.name.startsWith(name));
    if (wanted === undefined) return noSuchFile;
    const { session } = dialogue;
    if (session === undefined) return elsewhere;
    dialogue.say(
      `${wanted.name}, ${wanted.bytes} bytes: receive it now (picocom: C-a C-r). Ctrl-X five times ends it`,
      `${wanted.name}，${wanted.bytes} 字节：请开始接收（picocom：C-a C-r）。连按五次 Ctrl-X 取消`,
    );
    const args = ['--binary', '--quiet', '--windowsize', windowBytes, '--', wanted.name];
    const end = await transfer({ program: 'sz', args, cwd: outbox, limits }, session, signal);
    session.transferred({ direction: 'sent', file: wanted.name, bytes: wanted.bytes, outcome: end });
    return end === 'done' ? { files, sent: wanted } : refused(end);
  },
  tell({ files, sent }, language) {
    const say = wordsIn(language);
    if (sent !== null) return say(`sent ${sent.name}`, `已发送 ${sent.name}`);
    if (files.length === 0)
      return say(
        'nothing to send: diagnostics and journal export make files',
        '没有可发送的文件：diagnostics 和 journal export 会生成',
      );
    return columns(files.map(({ name, bytes }) => [name, `${bytes} ${say('bytes', '字节')}`]));
  },
});

export const receive = command({
  name: 'receive',
  usage: '',
  example: 'receive',
  help: {
    en: 'takes files by ZMODEM and keeps them apart; nothing uses them unasked',
    zh: '用 ZMODEM 接收文件并单独存放，不会自动使用',
  },
  access: 'technician',
  schema: z.object({ directory: z.string(), received: z.array(file) }),
  async run(context, _args, dialogue, signal) {
    const { session } = dialogue;
    if (session === undefined) return elsewhere;
    const inbox = createInbox(maintenanceFiles(context.config.journal).inbox);
    const roomBytes = await inbox.room();
    const coming = await inbox.begin();
    sayHow(roomBytes, dialogue);
    const args = ['--binary', '--quiet', '--restricted', '--rename'];
    const within = { ...limits, heardBytes: roomBytes };
    const isTooMuch = () => inbox.isTooMany(coming);
    const end = await transfer(
      { program: 'rz', args, cwd: coming, limits: within, isTooMuch },
      session,
      signal,
    );
    if (end !== 'done') {
      await inbox.giveUp(coming);
      session.transferred({ direction: 'received', outcome: end });
      return refused(end);
    }
    const received = [...(await inbox.takeUp(coming, roomBytes))];
    session.transferred({ direction: 'received', files: received, outcome: end });
    return received.length === 0 ? nothingCame : { directory: inbox.directory, received };
  },
  tell({ directory, received }, language) {
    const say = wordsIn(language);
    return received
      .map(({ name, bytes }) => `${directory}/${name}  ${bytes} ${say('bytes', '字节')}`)
      .join('\n');
  },
});

function sayHow(roomBytes: number, { say }: Dialogue): void {
  const mib = Math.floor(roomBytes / 1024 / 1024);
  say(
    `send now, at most ${mib} MiB (picocom: C-a C-s). Ctrl-X five times ends it`,
    `请开始发送，最多 ${mib} MiB（picocom：C-a C-s）。连按五次 Ctrl-X 取消`,
  );
}

const elsewhere = new Refusal('unavailable', 'only on the console', '只能在维护串口上使用');
const noSuchFile = new Refusal('usage', 'no such file: send lists them', '没有此文件：输入 send 列出');
const nothingCame = new Refusal(
  'failed',
  'nothing was taken: names are letters, digits and . _ + ~ -',
  '未接收：文件名只能含字母、数字和 . _ + ~ -',
);

const why: Readonly<Record<Exclude<TransferEnd, 'done'>, readonly [en: string, zh: string]>> = {
  missing: ['the program is missing: install the package lrzsz', '缺少程序：请安装软件包 lrzsz'],
  silent: ['the far end did not answer', '对方没有应答'],
  'too-long': ['it took too long', '用时过长'],
  'too-much': ['more came than there is room for', '超过可用空间'],
  aborted: ['the line went', '线路已断开'],
  broken: ['it was broken off', '传输中断'],
};

function refused(end: Exclude<TransferEnd, 'done'>): Refusal {
  const [en, zh] = why[end];
  const code = end === 'missing' ? 'unavailable' : end === 'silent' ? 'timeout' : 'failed';
  return new Refusal(end === 'aborted' ? 'aborted' : code, `no file: ${en}`, `未传输：${zh}`);
}
