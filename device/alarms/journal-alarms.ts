/** Alarms of the journal: J. */
import type { AlarmsOfPart } from './alarm.ts';

export const journalAlarms = {
  journal: [
    {
      code: 'J19',
      urgency: 'now',
      means: {
        zh: '无法写乘车记录：本机不再接受乘车',
        en: 'The journal takes no row: no ride is taken here',
      },
      remedy: {
        zh: '检查存储是否在位、能否写入；若正常仍报警，更换存储',
        en: 'See whether its disk is there and can be written. If it is, replace the disk',
      },
    },
    {
      code: 'J11',
      words: /has come to its \d+ MiB/,
      urgency: 'now',
      means: {
        zh: '乘车记录已满，后台长时间没有收走：本机不再接受乘车',
        en: 'The journal is full of rides that the back office has not taken: no ride is taken here',
      },
      remedy: {
        zh: '查看 `uplink`：后台收走记录后自动恢复。也可增大 `journalKeep.mib`',
        en: 'See `uplink`: rides go on when the back office takes rows. Or give the journal more room (`journalKeep.mib`)',
      },
    },
    {
      code: 'J12',
      words: /ENOSPC|EDQUOT|full/i,
      urgency: 'now',
      means: {
        zh: '存储已满，无法写乘车记录：本机不再接受乘车',
        en: 'The disk is full and takes no row: no ride is taken here',
      },
      remedy: {
        zh: '删除存储中不属于刷卡机的文件，之后自动恢复',
        en: 'Make room there: delete what is not the validator’s. Rides go on by themselves',
      },
    },
    {
      code: 'J13',
      words: /EFBIG/,
      urgency: 'now',
      means: {
        zh: '系统不允许文件继续增大：本机不再接受乘车',
        en: 'The system lets no file grow: no ride is taken here',
      },
      remedy: {
        zh: '清理存储空间，或放宽文件大小限制（ulimit -f）',
        en: 'No file may grow any more: make room there, or lift the limit on the size of files (ulimit -f)',
      },
    },
    {
      code: 'J14',
      words: /EROFS|read-?only/i,
      urgency: 'now',
      means: {
        zh: '存储变为只读，无法写乘车记录：本机不再接受乘车',
        en: 'The disk has become read-only and takes no row: no ride is taken here',
      },
      remedy: {
        zh: '存储已磨损或曾被强行断电，更换存储',
        en: 'The disk takes no writes: it is worn out or was switched off hard. Replace it',
      },
    },
    {
      code: 'J15',
      words: /locked|busy/i,
      urgency: 'now',
      means: {
        zh: '乘车记录被其他程序占用：本机不再接受乘车',
        en: 'Another program holds the journal: no ride is taken here',
      },
      remedy: { zh: '结束占用它的程序', en: 'Another program holds it: end that one' },
    },
    {
      code: 'J16',
      words: /EACCES|EPERM|permission/i,
      urgency: 'now',
      means: {
        zh: '固件无权读写乘车记录：本机不再接受乘车',
        en: 'The firmware may not read or write the journal: no ride is taken here',
      },
      remedy: {
        zh: '把乘车记录及其目录的所有权交还给固件的用户',
        en: 'Give the journal and its directory back to the firmware’s user',
      },
    },
    {
      code: 'J17',
      words: /belongs to device/,
      urgency: 'now',
      means: {
        zh: '这份乘车记录属于另一台刷卡机：本机不再接受乘车',
        en: 'The journal is another validator’s: no ride is taken here',
      },
      remedy: {
        zh: '放回本机自己的乘车记录，或改正设置中的 `device`',
        en: 'Put this validator’s own journal there, or correct `device` in the settings',
      },
    },
    {
      code: 'J18',
      words: /removed or replaced/,
      urgency: 'now',
      means: {
        zh: '运行中乘车记录文件被移走或替换：本机不再接受乘车',
        en: 'Somebody has taken away or replaced the journal while it was in use: no ride is taken here',
      },
      remedy: {
        zh: '放回乘车记录，或重启固件以新建一份',
        en: 'Put the journal back, or start the firmware again for a new one',
      },
    },
  ],
  'journal-rows': [
    {
      code: 'J29',
      urgency: 'night',
      means: { zh: '有乘车记录丢失', en: 'Rows of the journal are lost' },
      remedy: {
        zh: '把丢失的序号告知后台。下次启动后此报警消失',
        en: 'Tell the back office the numbers. The next start ends this message',
      },
    },
    {
      code: 'J21',
      words: /was damaged/,
      urgency: 'night',
      means: {
        zh: '旧的乘车记录损坏，已整份另存，本机改用新的一份',
        en: 'A journal was damaged and is set aside whole; rides go into a new one',
      },
      remedy: {
        zh: '把另存的文件交后台导入，然后从本机删除。下次启动后此报警消失',
        en: 'Bring that file to the back office, which imports it, and delete it here. The next start ends this message',
      },
    },
  ],
  'journal-space': [
    {
      code: 'J39',
      urgency: 'night',
      means: {
        zh: '乘车记录将满，后台长时间没有收走',
        en: 'The journal is nearly full of rides that the back office has not taken',
      },
      remedy: {
        zh: '查看 `uplink`；或把导出的乘车记录送交后台，并增大 `journalKeep.mib`。满后不再接受乘车',
        en: 'See `uplink`. Or carry an export of the journal to the back office, and give it more room (`journalKeep.mib`). Full, no ride is taken',
      },
    },
    {
      code: 'J31',
      words: /reads the journal/,
      urgency: 'night',
      means: {
        zh: '另一程序一直打开着乘车记录，文件因此不断增大',
        en: 'A program keeps the journal open, so that its file grows',
      },
      remedy: { zh: '结束打开它的程序', en: 'End the program that has it open' },
    },
  ],
} as const satisfies Record<string, AlarmsOfPart>;
