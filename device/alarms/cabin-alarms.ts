/** Alarms of what people see, hear and press: D displays, L loudspeakers, K the crew's key, M the maintenance console. */
import type { AlarmsOfPart } from './alarm.ts';

export const cabinAlarms = {
  display: [
    {
      code: 'D19',
      urgency: 'terminus',
      means: {
        zh: '显示屏没有响应或断线；刷卡、扫码照常',
        en: 'A display does not answer, or its line is cut; media are taken all the same',
      },
      remedy: { zh: '检查显示屏的连线和电源', en: 'See to the display’s cable and power' },
    },
  ],
  speaker: [
    {
      code: 'L19',
      urgency: 'night',
      means: { zh: '扬声器没有响应：没有语音', en: 'The loudspeaker does not answer: nothing is said' },
      remedy: {
        zh: '检查扬声器的连线，以及声卡或语音模块',
        en: 'See to the loudspeaker’s cable, and to its card or module',
      },
    },
    {
      code: 'L11',
      words: /no track in the settings/,
      urgency: 'week',
      means: { zh: '有提示音没有指定曲目，因此不播报', en: 'Prompts have no track, and are not said' },
      remedy: {
        zh: '为提示中列出的提示音指定曲目：见设置中的 `tracks`',
        en: 'Give the prompts that are named a track: see `tracks` in the settings',
      },
    },
    {
      code: 'L12',
      words: /lacks prompts/,
      urgency: 'week',
      means: {
        zh: '缺少提示音的录音，因此不播报',
        en: 'Recordings of prompts are missing, and are not said',
      },
      remedy: {
        zh: '把提示中列出的录音复制到其他录音所在的位置',
        en: 'Copy the recordings that are named to where it has the others',
      },
    },
    {
      code: 'L13',
      words: /memory card/,
      urgency: 'week',
      means: {
        zh: '语音模块没有存储卡：没有语音',
        en: 'The sound module has no memory card: nothing is said',
      },
      remedy: { zh: '插入存储卡', en: 'Put its memory card in' },
    },
    {
      code: 'L14',
      words: /install /,
      urgency: 'week',
      means: { zh: '缺少播放所需的软件：没有语音', en: 'Software to play sound is missing: nothing is said' },
      remedy: {
        zh: '安装提示中的软件包，装好立即使用',
        en: 'Install the package that is named; it is used at once',
      },
    },
  ],
  'crew-key': [
    {
      code: 'K19',
      urgency: 'night',
      means: { zh: '司乘人员的确认键断线', en: 'The crew’s key is cut off' },
      remedy: {
        zh: '检查确认键的连线。其间可用触摸屏、员工卡或本串口的 `confirm` 确认',
        en: 'See to the key’s cable. `confirm` here, a touch and a crew card do the same meanwhile',
      },
    },
  ],
  console: [
    {
      code: 'M19',
      urgency: 'week',
      means: { zh: '维护串口断线', en: 'The console’s line is cut' },
      remedy: { zh: '检查维护串口的线路', en: 'See to the line that the console is on' },
    },
  ],
  firmware: [
    {
      code: 'W19',
      urgency: 'week',
      means: {
        zh: '软件更新的目录无法读写：本机继续使用现有版本',
        en: 'The folder of firmware updates cannot be read or written: the firmware stays as it is',
      },
      remedy: {
        zh: '检查存储和 FARE_VALIDATOR_FIRMWARE 所指的目录',
        en: 'See to the disk, and to the folder that FARE_VALIDATOR_FIRMWARE names',
      },
    },
  ],
} as const satisfies Record<string, AlarmsOfPart>;
