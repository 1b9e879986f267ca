/** Alarms of the health-code data: H what is on the bus, F the feed that brings it. */
import type { AlarmsOfPart } from './alarm.ts';
import { feedAlarms } from './feed-alarms.ts';

const cannotCheck = 'health codes cannot be checked';

export const dataAlarms = {
  links: [
    {
      code: 'H19',
      urgency: 'now',
      means: {
        zh: '健康码数据损坏或无法读取：无法核验',
        en: `The data is damaged or cannot be read: ${cannotCheck}`,
      },
      remedy: {
        zh: '连上数据源后自动重新取得：输入 `sync`；没有数据源时，重新送数据到 `links.cache` 目录',
        en: 'It comes anew from the feed: type `sync`. Without a feed, deliver a link cache to `links.cache`',
      },
    },
    {
      code: 'H11',
      words: /no link cache/,
      urgency: 'now',
      means: { zh: '本机没有健康码数据：无法核验', en: `There is no health-code data here: ${cannotCheck}` },
      remedy: {
        zh: '连上数据源后自动取得：输入 `sync`；没有数据源时，把数据送到 `links.cache` 目录',
        en: 'It comes by itself from the feed: type `sync`. Without a feed, deliver a link cache to `links.cache`',
      },
    },
    {
      code: 'H12',
      words: /fleet key|no key/i,
      urgency: 'night',
      means: {
        zh: '健康码数据用的密钥本机没有：无法核验',
        en: `The data is under a key that this validator does not have: ${cannotCheck}`,
      },
      remedy: {
        zh: '密钥文件属于另一个数据源或另一台设备：检查设置中的 `links.fleetKeys`',
        en: 'The keys file is of another feed or device: see `links.fleetKeys` in the settings',
      },
    },
    {
      code: 'H13',
      words: /permission|EACCES|may write/i,
      urgency: 'night',
      means: {
        zh: '健康码数据目录的权限不对：无法核验',
        en: `The rights of the data’s directory are wrong: ${cannotCheck}`,
      },
      remedy: {
        zh: '把该目录交还给固件的用户（属主，权限 0700）',
        en: 'Give the directory back to the firmware’s user (owner, mode 0700)',
      },
    },
    {
      code: 'H14',
      words: /older than/,
      urgency: 'terminus',
      means: {
        zh: '健康码数据超过规定的时限：暂时无法核验，由司乘人员查验',
        en: `The data is older than the policy allows: ${cannotCheck}, the crew looks at them`,
      },
      remedy: {
        zh: '连上数据源后自动更新：检查网络和 `clock`；数据源正常而没有新数据时告知后台',
        en: 'It is renewed by itself when the feed is reached: see to the network and `clock`. If the feed has nothing newer, tell the back office',
      },
    },
    {
      code: 'H15',
      words: /future/,
      urgency: 'terminus',
      means: {
        zh: '健康码数据的日期在本机时钟之后，两者必有一错：暂时无法核验',
        en: `The data is dated after the clock, so one of the two is wrong: ${cannotCheck}`,
      },
      remedy: {
        zh: '用手表核对 `clock`：慢了就校准；若正确，则是后台的时钟快了',
        en: 'Compare `clock` with a watch: set it if it is slow. If it is right, the publisher’s clock is fast',
      },
    },
  ],
  feed: feedAlarms,
  'feed-expiry': [
    {
      code: 'F39',
      urgency: 'week',
      means: {
        zh: '数据源的签名即将到期，到期后本机不再接受新数据',
        en: 'Signatures of the feed expire soon; what has expired is refused',
      },
      remedy: {
        zh: '告知后台。目前仍照常接受',
        en: 'Tell whoever runs the back office. Nothing is refused yet',
      },
    },
  ],
} as const satisfies Record<string, AlarmsOfPart>;
