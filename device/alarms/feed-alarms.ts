/** Alarms of the feed: F. Health codes are checked with what there is until it is too old, which is an alarm of its own. */
import type { AlarmsOfPart } from './alarm.ts';

export const feedAlarms = [
  {
    code: 'F29',
    urgency: 'night',
    means: { zh: '连不上数据源', en: 'The feed is not reached' },
    remedy: {
      zh: '检查通信模块、SIM 卡和网络，再输入 `sync`',
      en: 'See to modem, SIM and network, then `sync`',
    },
  },
  {
    code: 'F11',
    words: /signed by|initial root metadata/,
    urgency: 'night',
    means: { zh: '数据源的签名不是本机信任的', en: 'The feed is not signed by whom this validator trusts' },
    remedy: {
      zh: '`feed.root` 是另一个数据源的根文件：换成 `feed.url` 的 root.json',
      en: '`feed.root` is the root of another feed than `feed.url`: put that feed’s root.json there',
    },
  },
  {
    code: 'F12',
    words: /no key for this device/,
    urgency: 'night',
    means: { zh: '本机没有在数据源登记', en: 'This validator is not enrolled with the feed' },
    remedy: {
      zh: '在后台登记本机：`feed device add`',
      en: 'Enrol this validator: `feed device add` at the back office',
    },
  },
  {
    code: 'F13',
    words: /not yet valid|dated|expires .*one of the two/,
    urgency: 'terminus',
    means: {
      zh: '数据源的日期与本机时钟矛盾，两者必有一错',
      en: 'The feed’s dates and the clock contradict each other',
    },
    remedy: {
      zh: '用手表核对 `clock`；若正确，则是后台的时钟有误',
      en: 'Compare `clock` with a watch; if it is right, the publisher’s clock is wrong',
    },
  },
  {
    code: 'F14',
    words: /expired/,
    urgency: 'night',
    means: {
      zh: '数据源的签名或其服务器的证书已过期',
      en: 'Signatures of the feed, or its server’s certificate, have expired',
    },
    remedy: {
      zh: '用手表核对 `clock`；若正确，后台须重新签发（`feed publish`）或更新服务器证书',
      en: 'Compare `clock` with a watch; if it is right, the back office must sign anew (`feed publish`) or renew the server’s certificate',
    },
  },
  {
    code: 'F15',
    words: /the certificate of/,
    urgency: 'night',
    means: {
      zh: '数据源服务器的证书不受本机信任',
      en: 'The certificate of the feed’s server is not trusted here',
    },
    remedy: {
      zh: '检查 `feed.url`，或更新服务器证书',
      en: 'The feed’s server has a certificate that is not trusted here: see `feed.url`, or renew it',
    },
  },
  {
    code: 'F16',
    words: /EFBIG|ENOSPC|EDQUOT|disk|full|SQLITE/i,
    urgency: 'night',
    means: { zh: '新的健康码数据写不进存储', en: 'The disk does not take new health-code data' },
    remedy: { zh: '检查存储；之后自动更新', en: 'See to the disk; updates go on by themselves' },
  },
  {
    code: 'F17',
    words: /not JSON|redirect/,
    urgency: 'night',
    means: {
      zh: '`feed.url` 上应答的不是数据源',
      en: 'What answers at the feed’s address is no feed',
    },
    remedy: {
      zh: '可能是网络登录页面，或地址有误：检查 `feed.url` 和 SIM 卡',
      en: 'Somebody else answers at `feed.url`: a sign-in page, or a wrong address',
    },
  },
  {
    code: 'F18',
    words: /the syncing thread/,
    urgency: 'night',
    means: { zh: '更新程序停止', en: 'The program that follows the feed has stopped' },
    remedy: {
      zh: '会自动重启。若持续报警，请关机再开',
      en: 'It starts again by itself. If this stays, switch the validator off and on',
    },
  },
  {
    code: 'F21',
    words: /status \d+/,
    urgency: 'night',
    means: { zh: '数据源的服务器拒绝应答', en: 'The feed’s server refuses' },
    remedy: {
      zh: '告知后台运维人员',
      en: 'The feed’s server refuses: tell whoever runs it',
    },
  },
  {
    code: 'F22',
    words: /ENOTFOUND|EAI_AGAIN/,
    urgency: 'night',
    means: { zh: '查不到数据源服务器的域名', en: 'The name of the feed’s server is not known' },
    remedy: {
      zh: '检查通信模块、SIM 卡和 DNS，或改正 `feed.url`',
      en: 'The server’s name is not known: see to modem, SIM and DNS, or correct `feed.url`',
    },
  },
  {
    code: 'F23',
    words: /rollback|less than/,
    urgency: 'night',
    means: { zh: '数据源提供的数据比已有的旧', en: 'The feed offers older data than there was' },
    remedy: {
      zh: '告知后台运维人员',
      en: 'The server offers older data than there was: tell whoever runs the back office',
    },
  },
] as const satisfies AlarmsOfPart;
