/**
 * The pages of docs/alarms/, made of the alarms' table: one for each code, and one that lists them.
 * `node build/test/device/alarms/pages.js` writes them.
 */
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { argv } from 'node:process';
import { fileURLToPath } from 'node:url';
import { type Alarm, urgencyText } from '../../../device/alarms/alarm.ts';
import { alarms, startingAlarm } from '../../../device/alarms/alarms.ts';
import type { Text } from '../../../device/core/screen.ts';
import { type PartKind, partText } from '../../../device/core/service-screen.ts';

export const pagesDirectory = 'docs/alarms';

interface Listed {
  readonly alarm: Alarm;
  /** Undefined for that of any part. */
  readonly part: PartKind | undefined;
}

const listed: readonly Listed[] = [
  { alarm: startingAlarm, part: undefined },
  ...(Object.keys(alarms) as PartKind[]).flatMap(part =>
    alarms[part].map((alarm: Alarm) => ({ alarm, part })),
  ),
].sort((a, b) => (a.alarm.code < b.alarm.code ? -1 : 1));

const startingText: Text = { zh: '部件启动中', en: 'Part starting' };
const textOf = (part: PartKind | undefined) => (part === undefined ? startingText : partText[part]);
const how = ({ urgency }: Alarm) => `${urgencyText[urgency].zh} · ${urgencyText[urgency].en}`;

function page({ alarm, part }: Listed): string {
  const { code, means, remedy } = alarm;
  const { zh, en } = textOf(part);
  return `# ${code}

${zh} · ${en}${part === undefined ? '' : ` (\`${part}\`)`}

| | 中文 | English |
| --- | --- | --- |
| 含义 · What it means | ${means.zh}。 | ${means.en}. |
| 处理 · What to do | ${remedy.zh}。 | ${remedy.en}. |
| 时限 · How soon | ${urgencyText[alarm.urgency].zh} | ${urgencyText[alarm.urgency].en} |

[全部报警代码 · All alarms](README.md)
`;
}

function index(): string {
  const rows = listed.map(
    ({ alarm, part }) =>
      `| [${alarm.code}](${alarm.code}.md) | ${textOf(part).zh} · ${textOf(part).en} | ${alarm.means.zh} · ${alarm.means.en} | ${how(alarm)} |`,
  );
  return `# 报警代码 · Alarms

刷卡机的每个故障都有一个代码：一个字母和两位数字。司乘人员的屏幕、维护串口的 \`status\`、日志（\`alarm\`）、上报后台的状态（\`terse\`）和监控（\`fare_validator_alarm\`）用的是同一个代码。
向调度报告时，请念出代码和括号里的部件名称。

Each fault of a validator has a code, a letter and two digits. It is the same on the crew's screen, in \`status\` on the console, in the log (\`alarm\`), in the status that
the back office gets (\`terse\`) and in the metrics (\`fare_validator_alarm\`). Read it out over the radio with the part's name, which is in brackets. A code never changes its meaning.

These pages are made of the table in \`device/alarms/\`; \`node build/test/device/alarms/pages.js\` writes them.

| 代码 · Code | 部件 · Part | 含义 · What it means | 时限 · How soon |
| --- | --- | --- | --- |
${rows.join('\n')}
`;
}

/** Name of the file → its text. */
export function alarmPages(): ReadonlyMap<string, string> {
  return new Map([
    ['README.md', index()],
    ...listed.map(each => [`${each.alarm.code}.md`, page(each)] as const),
  ]);
}

function main(): void {
  mkdirSync(pagesDirectory, { recursive: true });
  const pages = alarmPages();
  for (const name of readdirSync(pagesDirectory)) if (!pages.has(name)) rmSync(join(pagesDirectory, name));
  for (const [name, text] of pages) writeFileSync(join(pagesDirectory, name), text);
}

if (argv[1] === fileURLToPath(import.meta.url)) main();
