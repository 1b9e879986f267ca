/** What the displays show between passengers: ready, or what is out of service. */
import type { Notice, Screen, Text } from './screen.ts';

export type PartKind =
  | 'journal'
  | 'journal-rows'
  | 'journal-space'
  | 'card-reader'
  | 'psam'
  | 'code-reader'
  | 'decoder'
  | 'links'
  | 'feed'
  | 'feed-expiry'
  | 'uplink'
  | 'bus-link'
  | 'firmware'
  | 'clock'
  | 'gnss'
  | 'display'
  | 'speaker'
  | 'crew-key'
  | 'door-contact'
  | 'console'
  | 'metrics';

export interface PartState {
  readonly kind: PartKind;
  readonly name: string;
  readonly working: boolean;
  /** It does not work as it should, and is of use all the same. */
  readonly hindered?: boolean;
  /** A kind of part without which this one is of no use. */
  readonly needs?: PartKind;
  /** The code of its fault. */
  readonly alarm?: string | undefined;
}

export const services = ['full', 'cards-only', 'codes-only', 'none'] as const;
export type Service = (typeof services)[number];

/** What passengers can still use. Without a journal no ride can be taken at all. */
export function serviceOf(parts: readonly PartState[]): Service {
  const has = (kind: PartKind): boolean => parts.some(part => part.kind === kind);
  const works = (kind: PartKind): boolean => parts.some(part => part.kind === kind && isOfUse(part));
  const isOfUse = ({ working, hindered = false, needs }: PartState): boolean =>
    (working || hindered) && (needs === undefined || works(needs));
  if (!works('journal')) return 'none';
  const cards = works('card-reader');
  const codes = works('code-reader');
  if (cards && codes) return 'full';
  if (cards) return has('code-reader') ? 'cards-only' : 'full';
  if (codes) return has('card-reader') ? 'codes-only' : 'full';
  return 'none';
}

const invitation: Record<Service, Text> = {
  full: { zh: '请刷卡或扫码', en: 'Tap your card or scan your code' },
  'cards-only': { zh: '扫码暂停使用 请刷卡', en: 'Tap your card: codes are out of service' },
  'codes-only': { zh: '刷卡暂停使用 请扫码', en: 'Scan your code: cards are out of service' },
  none: { zh: '暂停服务', en: 'Out of service' },
};

/** What a display shows by itself, or is made to show, when the firmware is dead or stopped. */
export const deadScreen: Screen = { light: 'red', tone: 'none', headline: invitation.none, details: [] };

/** Beneath a notice: what the next passengers cannot use. */
const outOfService: Record<Service, readonly Text[]> = {
  full: [],
  'cards-only': [{ zh: '扫码暂停使用', en: 'Codes are out of service' }],
  'codes-only': [{ zh: '刷卡暂停使用', en: 'Cards are out of service' }],
  none: [invitation.none],
};

export const partText: Readonly<Record<PartKind, Text>> = {
  'card-reader': { zh: '读卡器故障', en: 'Card reader fault' },
  psam: { zh: '扣款模块故障', en: 'Payment module fault' },
  'code-reader': { zh: '扫码器故障', en: 'Code reader fault' },
  decoder: { zh: '二维码识别故障', en: 'QR decoder fault' },
  journal: { zh: '乘车记录故障', en: 'Journal fault' },
  'journal-rows': { zh: '乘车记录缺失', en: 'Rides lost from the journal' },
  'journal-space': { zh: '乘车记录将满', en: 'Journal nearly full' },
  links: { zh: '健康码数据不可用', en: 'Health-code data not usable' },
  feed: { zh: '健康码数据更新故障', en: 'Health-code updates fault' },
  'feed-expiry': { zh: '健康码数据签名将到期', en: 'Health-code signatures expire soon' },
  uplink: { zh: '乘车记录上传故障', en: 'Ride upload fault' },
  'bus-link': { zh: '前后门通信故障', en: 'Fault between the doors' },
  firmware: { zh: '软件更新故障', en: 'Firmware updates fault' },
  clock: { zh: '时钟故障', en: 'Clock fault' },
  gnss: { zh: '卫星定位故障', en: 'GNSS fault' },
  display: { zh: '显示屏故障', en: 'Display fault' },
  speaker: { zh: '扬声器故障', en: 'Speaker fault' },
  'crew-key': { zh: '确认键故障', en: 'Confirm key fault' },
  'door-contact': { zh: '车门信号故障', en: 'Door contact fault' },
  console: { zh: '维护串口故障', en: 'Console fault' },
  metrics: { zh: '监控接口故障', en: 'Monitoring fault' },
};

/**
 * @param line the bus route this validator runs on
 * @param stop the name of the stop the bus is at, if that is known
 */
export function serviceNotice(line: string, parts: readonly PartState[], stop?: Text): Notice {
  const service = serviceOf(parts);
  const route: Text = { zh: `${line}路`, en: `Line ${line}` };
  const faults = faultsOf(parts);
  const light = service === 'none' ? 'red' : 'off';
  const idle: Screen = { light, tone: 'none', headline: invitation[service], details: [route] };
  const details = stop === undefined ? [route] : [route, stop];
  const crewLight = light === 'off' && faults.length > 0 ? 'amber' : light;
  return {
    passenger: { ...idle, details },
    crew: { ...idle, light: crewLight, details: [route, ...faults] },
  };
}

/** A notice, and beneath it what is out of service: to passengers what they cannot use, to the crew every fault. */
export function withService({ passenger, crew }: Notice, parts: readonly PartState[]): Notice {
  const closed = outOfService[serviceOf(parts)];
  return {
    passenger: { ...passenger, details: [...passenger.details, ...closed] },
    crew: { ...crew, details: [...crew.details, ...faultsOf(parts)] },
  };
}

/** The same notice without its sound. */
export function silent({ passenger, crew }: Notice): Notice {
  return { passenger: { ...passenger, tone: 'none' }, crew: { ...crew, tone: 'none' } };
}

function faultsOf(parts: readonly PartState[]): Text[] {
  return parts.filter(part => !part.working).map(faultText);
}

const cameraText: Text = { zh: '摄像头故障', en: 'Camera fault' };

/** The code comes first: the crew reads it out over the radio. */
function faultText({ kind, name, needs, alarm }: PartState): Text {
  // Among the code readers only cameras have their pictures decoded.
  const { zh, en } = needs === 'decoder' ? cameraText : partText[kind];
  const code = alarm === undefined ? '' : `${alarm} `;
  return { zh: `${code}${zh} (${name})`, en: `${code}${en} (${name})` };
}
