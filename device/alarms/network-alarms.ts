/** Alarms of the ways to others: U the back office, B the bus's other validators, N who looks from outside. Rides stay in the journal meanwhile. */
import type { AlarmsOfPart } from './alarm.ts';

export const networkAlarms = {
  uplink: [
    {
      code: 'U29',
      urgency: 'night',
      means: { zh: '连不上后台', en: 'The back office is not reached' },
      remedy: {
        zh: '检查通信模块、SIM 卡和网络。其间乘车记录保存在本机',
        en: 'See to modem, SIM and network. Rides stay in the journal meanwhile',
      },
    },
    {
      code: 'U11',
      words: /does not take \d/,
      urgency: 'night',
      means: { zh: '后台拒收某些乘车记录', en: 'The back office refuses some rows of the journal' },
      remedy: {
        zh: '把序号告知后台：这些记录保留在本机',
        en: 'Tell the back office the numbers: these rows stay in the journal',
      },
    },
    {
      code: 'U12',
      words: /another has connected/,
      urgency: 'now',
      means: {
        zh: '另一台机器用本机的证书连接了后台：证书可能被盗',
        en: 'Another machine has connected as this validator: its certificate may be stolen',
      },
      remedy: {
        zh: '另一台机器持有本机的证书：立即告知后台',
        en: 'Another machine has this validator’s certificate: tell the back office at once',
      },
    },
    {
      code: 'U13',
      words: /refuses us|does not let us|does not take what|certificate|CERT|self.signed|alert/i,
      urgency: 'night',
      means: { zh: '消息服务器不接受本机', en: 'The broker does not accept this validator' },
      remedy: {
        zh: '消息服务器不认识本机：检查证书，以及 `clock` 是否正确',
        en: 'The broker does not know this validator: see its certificate, and whether `clock` is right',
      },
    },
    {
      code: 'U14',
      words: /ENOSPC|EDQUOT|EROFS|EACCES|EPERM|disk/,
      urgency: 'night',
      means: { zh: '上传进度写不进存储', en: 'The disk does not take how far the upload has come' },
      remedy: { zh: '检查乘车记录所在的存储', en: 'See to the disk that the journal is on' },
    },
    {
      code: 'U15',
      words: /ENOENT|PEM|asn1/i,
      urgency: 'night',
      means: {
        zh: '上传所需的密钥或证书文件不可用',
        en: 'A key or certificate for the upload cannot be used',
      },
      remedy: {
        zh: '检查设置中 `uplink` 所指的文件',
        en: 'See to the files that `uplink` names in the settings',
      },
    },
    {
      code: 'U16',
      words: /ENOTFOUND|EAI_AGAIN/,
      urgency: 'night',
      means: { zh: '查不到消息服务器的域名', en: 'The broker’s name is not known' },
      remedy: {
        zh: '检查通信模块、SIM 卡和 DNS，或改正 `uplink.url`',
        en: 'The broker’s name is not known: see to modem, SIM and DNS, or `uplink.url`',
      },
    },
    {
      code: 'U17',
      words: /does not answer/,
      urgency: 'night',
      means: {
        zh: '消息服务器连得上，后台没有应答',
        en: 'The broker is reached, but the back office does not answer',
      },
      remedy: {
        zh: '告知后台运维人员',
        en: 'The broker answers and the back office does not: tell whoever runs it',
      },
    },
    {
      code: 'U18',
      words: /thread/,
      urgency: 'night',
      means: { zh: '上传程序停止', en: 'The program that sends rides has stopped' },
      remedy: {
        zh: '会自动重启。若持续报警，请关机再开',
        en: 'It starts again by itself. If this stays, switch the validator off and on',
      },
    },
  ],
  'bus-link': [
    {
      code: 'B19',
      urgency: 'night',
      means: { zh: '连不上另一车门的刷卡机', en: 'The validator at another door is not reached' },
      remedy: {
        zh: '检查另一台刷卡机是否开机，以及两门之间的连线。其间中断的扣款在原车门补完',
        en: 'See whether the other validator is switched on, and to the cable between the doors. Until then a torn tap is mended at its own door',
      },
    },
    {
      code: 'B11',
      words: /cannot listen/,
      urgency: 'night',
      means: { zh: '本机无法接收其他车门的消息', en: 'This validator cannot hear the bus’s other doors' },
      remedy: {
        zh: '改正 `busLink.listen`，或结束占用该端口的程序',
        en: 'Correct `busLink.listen`, or end the program that has the port',
      },
    },
    {
      code: 'B12',
      words: /no agreement/,
      urgency: 'night',
      means: {
        zh: '两个车门的刷卡机密钥或名称不符，互不接受',
        en: 'The validators of the bus have different keys, or the same name',
      },
      remedy: {
        zh: '全车刷卡机用同一个密钥文件，各用自己的 `device`',
        en: 'Give all validators of the bus the same key file, and each its own `device`',
      },
    },
  ],
  metrics: [
    {
      code: 'N19',
      urgency: 'week',
      means: {
        zh: '监控系统无法读取本机的指标',
        en: 'A monitoring system cannot read this validator’s metrics',
      },
      remedy: {
        zh: '改正设置中的 `metrics.listen`，或结束占用该端口的程序',
        en: 'Correct `metrics.listen`, or end the program that has the port',
      },
    },
  ],
} as const satisfies Record<string, AlarmsOfPart>;
