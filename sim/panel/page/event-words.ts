/** What commands came to, other than presentations, as Chinese sentences. */
import { knownText } from './texts.ts';

type Fields = Readonly<Record<string, unknown>>;

const sentences: Readonly<Record<string, (fields: Fields) => string>> = {
  health: ({ passenger, health, version }) =>
    `${passenger} 的健康码改为${word('health', health)} ${health}${published(version)}`,
  registered: ({ passenger, byProxy, version }) =>
    `${passenger} 已${byProxy === true ? '由他人代办' : '办理'}升级${published(version)}`,
  withdrawn: ({ passenger, version }) => `${passenger} 已撤回，信息已删除${published(version)}`,
  'seniors-linked': ({ passengers }) => `已统一关联老年人的卡：${listed(passengers)}`,
  inbox: ({ passenger, messages }) => `${passenger} 的手机有 ${countOf(messages)} 条短信`,
  source: ({ state }) => `健康码来源：${word('source', state)}`,
  published: ({ version }) => `已发布数据源 v${version}`,
  phase: ({ phase, version }) => `阶段：${word('phase', phase)}${published(version)}`,
  data: ({ state, version }) => `车上数据：${word('data', state)}${published(version)}`,
  network: ({ state }) => (state === 'on' ? '车载网络已接通' : '车载网络已断开'),
  purse: ({ passenger, balanceFen, ride }) =>
    `${passenger} 的卡：余额 ${yuan(balanceFen)}，${ride === null ? '没有未结束的行程' : '有未结束的行程'}`,
  'topped-up': ({ passenger, amountFen, balanceFen }) =>
    `${passenger} 充值 ${yuan(amountFen)}，余额 ${yuan(balanceFen)}`,
  settled: ({ day, rides, revenueFen, unfinished, differencesFen }) =>
    `${day} 结算：乘车 ${rides} 次，收入 ${yuan(sumOf(revenueFen))}，未下车刷卡 ${unfinished} 次，差额 ${yuan(differencesFen)}`,
  psam: ({ validator, state }) => `${door(validator)}：PSAM ${word('psam', state)}`,
  unplugged: ({ validator, wire }) =>
    `${door(validator)}：${word('wire', wire)}的线断开，接上后刷卡机会自行重新连接`,
  'plugged-in': ({ validator, wire }) => `${door(validator)}：${word('wire', wire)}的线已接上`,
  confirm: ({ validator, outcome }) => `${door(validator)}：${word('confirm', outcome)}`,
  publishing: ({ state }) => (state === 'on' ? '有变化即自动发布' : '不再自动发布，只按 publish 发布'),
  policy: ({ rules, version }) => `政策改为 ${rules}${published(version)}`,
  frozen: ({ validator, state }) => `${door(validator)}：摄像头画面${word('freeze', state)}`,
  gnss: ({ validator, set }) => `${door(validator)}：卫星定位 ${set}`,
  door: ({ validator, state }) =>
    `${validator === 'both' ? '前后门' : door(validator)}：车门${state === 'open' ? '已打开' : '已关闭'}`,
  stop: ({ front, rear }) =>
    [front === undefined ? [] : `前门：${front}`, rear === undefined ? [] : `后门：${rear}`]
      .flat()
      .join('；'),
  bytes: ({ validator, wire, count }) => `${door(validator)}：已向${wire}发送 ${count} 字节`,
  console: ({ validator, text }) => `${door(validator)}：维护串口答复 ${String(text).split('\n').length} 行`,
  'power-cut': ({ validator }) => `${door(validator)}：断电后已重新启动`,
  disk: ({ validator, state }) => `${door(validator)}：存储${state === 'full' ? '已满' : '恢复正常'}`,
  'clock-set': ({ validator, aheadS }) => `${door(validator)}：已重新启动，${clockText(Number(aheadS))}`,
  reader: ({ validator, state }) => `${door(validator)}：读卡器${state === 'out' ? '已拔下' : '已接上'}`,
  code: ({ passenger, hex }) => `${passenger} 的乘车码，${String(hex).length / 2} 字节`,
  screens: () => '各屏幕当前显示的内容',
  passengers: ({ passengers }) => `共 ${countOf(passengers)} 位乘客`,
  help: () => '全部命令',
  waited: ({ seconds }) => `等待了 ${seconds} 秒`,
  recording: ({ state, steps }) => (state === 'start' ? '开始录制' : `停止录制，共 ${steps} 步`),
};

/** @returns undefined for an event that has no sentence */
export function chineseSentence(event: string, fields: Fields): string | undefined {
  return Object.hasOwn(sentences, event) ? sentences[event]?.(fields) : undefined;
}

/** A setting's word as the page's buttons have it; as it is where they have none. */
function word(kind: string, setting: unknown): string {
  const name = String(setting);
  return knownText('zh', `${kind}-${name}`) ?? knownText('zh', name) ?? name;
}

const door = (validator: unknown) => word('door', validator);

function yuan(fen: unknown): string {
  return `${(Number(fen) / 100).toFixed(2)} 元`;
}

function published(version: unknown): string {
  return version === undefined ? '' : `，已发布数据源 v${version}`;
}

function sumOf(amounts: unknown): number {
  return Object.values((amounts ?? {}) as Record<string, number>).reduce((sum, fen) => sum + fen, 0);
}

function listed(names: unknown): string {
  return Array.isArray(names) && names.length > 0 ? names.join('、') : '没有';
}

function countOf(list: unknown): number {
  return Array.isArray(list) ? list.length : 0;
}

function clockText(aheadS: number): string {
  if (aheadS === 0) return '时钟已校准';
  return `系统时钟${aheadS > 0 ? '快' : '慢'} ${Math.abs(aheadS)} 秒`;
}
