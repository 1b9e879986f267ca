/** Why a command was not carried out, in Chinese: the simulator says it in English. What is not here stays as it is. */

type Translation = readonly [english: RegExp, chinese: (...found: string[]) => string];

const usage = (text = '') => `；用法：${text}`;

const translations: readonly Translation[] = [
  [/^unknown command "(.*)": type help$/, name => `没有命令“${name}”，输入 help 查看全部命令`],
  [/^unknown command "(.*)": did you mean (\S+)\?$/, (name, near) => `没有命令“${name}”，是否为 ${near}？`],
  [/^there is no passenger (.*): did you mean (\S+)\?$/, (id, near) => `没有乘客 ${id}，是否为 ${near}？`],
  [/^there is no passenger (.*): type list$/, id => `没有乘客 ${id}，输入 list 查看全部乘客`],
  [/^(\S+) has a card: tap it$/, id => `${id} 持卡，请用读卡器`],
  [/^(\S+) has a phone: show or scan its code$/, id => `${id} 持手机，请用摄像头或扫码器`],
  [/^\S+: (\S+) is missing; usage: (.*)$/, (word, text) => `缺少 ${word}${usage(text)}`],
  [/^\S+: (\S+) is one word too many; usage: (.*)$/, (word, text) => `多出“${word}”${usage(text)}`],
  [
    /^\S+: (\S+) is not known here: did you mean (\S+)\? .*; usage: (.*)$/,
    (word, near, text) => `不认识“${word}”，是否为 ${near}？${usage(text)}`.replace('？；', '？'),
  ],
  [/^\S+: (\S+) is not known here.*; usage: (.*)$/, (word, text) => `不认识“${word}”${usage(text)}`],
  [/^reader needs --wires pcsc.*$/, () => '拔读卡器须以 --wires pcsc 启动模拟器'],
  [/^disk needs (.*)$/, what => `填满存储需要 ${what}`],
  [/^(\S+)'s card has no purse$/, id => `${id} 的卡上没有电子钱包`],
  [/^the card has no purse for so much$/, () => '卡上没有电子钱包，或存不下这么多'],
  [/^(.*): YUAN is an amount.*$/, word => `“${word}”不是金额，如 50 或 12.50`],
  [/^(\S+) has nothing that can be linked.*$/, id => `${id} 没有可以关联的卡或乘车码`],
  [/^\d+ commands are under way$/, () => '正在执行的命令过多，请稍候'],
];

export function chineseProblem(english: string): string {
  for (const [pattern, chinese] of translations) {
    const [whole, ...found] = pattern.exec(english) ?? [];
    if (whole !== undefined) return chinese(...found);
  }
  return english;
}
