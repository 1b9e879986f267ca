/** Alarms of time and place: T the clock, G the GNSS receiver, E the door's contact. */
import type { AlarmsOfPart } from './alarm.ts';

export const placeAlarms = {
  clock: [
    {
      code: 'T19',
      urgency: 'night',
      means: { zh: '本机时钟不对', en: 'The clock is wrong' },
      remedy: { zh: '校准主板时钟后关机再开', en: 'Set the board’s clock and switch off and on' },
    },
    {
      code: 'T11',
      words: /no plausible source/,
      urgency: 'terminus',
      means: {
        zh: '没有可信的时间来源：暂时无法核验',
        en: 'Nothing tells a time that can be believed: health codes cannot be checked',
      },
      remedy: {
        zh: '校准主板时钟并更换其电池，或让它收到卫星信号、连上数据源',
        en: 'Set the board’s clock and replace its battery, or let it see satellites or the feed',
      },
    },
    {
      code: 'T12',
      words: /not followed/,
      urgency: 'night',
      means: {
        zh: '可信的时间与本机相差很多，载客时不跟随',
        en: 'A time that can be believed is far from the clock’s, which does not follow while rides are taken',
      },
      remedy: {
        zh: '停止刷卡 20 分钟后会自动跟随；或校准主板时钟后关机再开',
        en: 'Leave the bus for 20 min without a ride: then it is followed. Or set the board’s clock and switch off and on',
      },
    },
    {
      code: 'T13',
      words: /doubted/,
      urgency: 'terminus',
      means: { zh: '本机时钟可疑', en: 'The board’s clock is doubted' },
      remedy: {
        zh: '校准主板时钟（timedatectl set-time）后关机再开；若再次出现，更换电池',
        en: 'Set the board’s clock (timedatectl set-time) and switch off and on. Replace its battery if it comes back',
      },
    },
    {
      code: 'T14',
      words: /gnss/,
      urgency: 'night',
      means: {
        zh: '卫星时间与其他来源矛盾',
        en: 'The time of the satellites and others contradict each other',
      },
      remedy: {
        zh: '用手表核对 `clock`；若正确，检查卫星接收机及其天线',
        en: 'Compare `clock` with a watch. If it is right, see to the receiver and its antenna',
      },
    },
  ],
  gnss: [
    {
      code: 'G19',
      urgency: 'night',
      means: {
        zh: '卫星接收机断线或输出无法识别：不知道所在站点',
        en: 'The GNSS receiver’s line is cut or makes no sense: the stop is not known',
      },
      remedy: {
        zh: '检查接收机的连线，以及设置中的 `baudRate`',
        en: 'See to the receiver’s cable, and to its `baudRate` in the settings',
      },
    },
    {
      code: 'G11',
      words: /nothing heard|timeout/,
      urgency: 'night',
      means: {
        zh: '卫星接收机没有输出：不知道所在站点',
        en: 'The GNSS receiver is silent: the stop is not known',
      },
      remedy: { zh: '检查接收机的连线和电源', en: 'See to the receiver’s cable and power' },
    },
  ],
  'door-contact': [
    {
      code: 'E19',
      urgency: 'week',
      means: { zh: '收不到车门信号', en: 'Whether the door is open is not known' },
      remedy: {
        zh: '检查车门信号线。其间站点只按位置判断',
        en: 'See to the contact’s cable. The stop goes by the position alone meanwhile',
      },
    },
  ],
} as const satisfies Record<string, AlarmsOfPart>;
