/** Alarms of what reads cards and codes: R the card reader, P the PSAM, C code readers and their decoder. */
import type { AlarmsOfPart } from './alarm.ts';

export const readerAlarms = {
  'card-reader': [
    {
      code: 'R19',
      urgency: 'terminus',
      means: {
        zh: '读卡器没有响应或断线：不能刷卡',
        en: 'The reader does not answer, or its line is cut: no card is taken',
      },
      remedy: {
        zh: '检查读卡器的连线和电源。其间乘客可以扫码',
        en: 'See to its cable and power. Passengers can scan codes meanwhile',
      },
    },
    {
      code: 'R11',
      words: /unplugged|no reader is/,
      urgency: 'terminus',
      means: { zh: '没有插读卡器：不能刷卡', en: 'The card reader is not plugged in: no card is taken' },
      remedy: {
        zh: '插好读卡器；`readers` 会列出实际插着的设备。其间乘客可以扫码',
        en: 'Plug the reader in; `readers` says what is plugged in instead',
      },
    },
    {
      code: 'R12',
      words: /pcscd/,
      urgency: 'terminus',
      means: {
        zh: '读卡服务（pcscd）没有运行或没有响应：不能刷卡',
        en: 'The system’s service for readers (pcscd) does not run or answer: no card is taken',
      },
      remedy: { zh: '重启 pcscd：systemctl restart pcscd', en: 'Start pcscd: systemctl restart pcscd' },
    },
    {
      code: 'R13',
      words: /install /,
      urgency: 'night',
      means: {
        zh: '缺少读卡器所需的软件：不能刷卡',
        en: 'Software that the reader needs is missing: no card is taken',
      },
      remedy: {
        zh: '安装提示中缺少的软件，再重启固件',
        en: 'Install what is missing, and start the firmware again',
      },
    },
    {
      code: 'R14',
      words: /another program|exclusive|shar(e|ing)|EBUSY|lock/i,
      urgency: 'night',
      means: {
        zh: '读卡器被其他程序占用：不能刷卡',
        en: 'Another program holds the reader: no card is taken',
      },
      remedy: {
        zh: '结束占用读卡器的程序。其间乘客可以扫码',
        en: 'End the program that holds the reader. Passengers can scan codes meanwhile',
      },
    },
  ],
  psam: [
    {
      code: 'P19',
      urgency: 'terminus',
      means: {
        zh: 'PSAM 卡槽没有响应：交通卡不能扣款',
        en: 'The PSAM’s reader does not answer: no card can pay',
      },
      remedy: {
        zh: '检查卡槽的连线和电源。其间乘客可以扫码',
        en: 'See to its reader’s cable and power. Passengers can scan codes meanwhile',
      },
    },
    {
      code: 'P11',
      words: /no PSAM/,
      urgency: 'terminus',
      means: { zh: '卡槽内没有 PSAM 卡：交通卡不能扣款', en: 'The PSAM is not in its slot: no card can pay' },
      remedy: {
        zh: '触点朝前插入 PSAM 卡。其间乘客可以扫码',
        en: 'Put the PSAM into its slot, contacts first. Passengers can scan codes meanwhile',
      },
    },
    {
      code: 'P12',
      words: /number|answered|9[34]|69/,
      urgency: 'night',
      means: {
        zh: 'PSAM 卡拒绝工作：已锁定、过期或属于其他网络，交通卡不能扣款',
        en: 'The PSAM refuses: it is blocked, expired or another network’s, and no card can pay',
      },
      remedy: {
        zh: '更换为本线路的 PSAM 卡。其间乘客可以扫码',
        en: 'The PSAM is blocked, expired or another network’s: exchange it for one of this line',
      },
    },
  ],
  'code-reader': [
    {
      code: 'C19',
      urgency: 'terminus',
      means: {
        zh: '扫码器或摄像头没有响应或断线：不能扫码',
        en: 'The scanner or camera does not answer, or its line is cut: no code is taken',
      },
      remedy: {
        zh: '检查连线和电源。其间乘客可以刷卡',
        en: 'See to its cable and power. Passengers can tap cards meanwhile',
      },
    },
    {
      code: 'C11',
      words: /take it away/,
      urgency: 'terminus',
      means: {
        zh: '摄像头前一直有一个不是乘车码的二维码；其余乘车码照常可扫',
        en: 'A code that is no ride code stays in the camera’s view; ride codes are still taken',
      },
      remedy: {
        zh: '拿走或遮住摄像头前的二维码、贴纸或图片',
        en: 'Take the code away that stands before the camera, a sticker or a picture',
      },
    },
    {
      code: 'C12',
      words: /frozen/,
      urgency: 'terminus',
      means: { zh: '摄像头画面不动：不能扫码', en: 'The camera’s picture is frozen: no code is taken' },
      remedy: {
        zh: '摄像头已死机：断电重开，或重新插拔',
        en: 'The camera hangs: switch it off and on, or plug it in again',
      },
    },
    {
      code: 'C13',
      words: /ffmpeg is missing/,
      urgency: 'night',
      means: {
        zh: '缺少摄像头所需的软件 ffmpeg：不能扫码',
        en: 'ffmpeg, which the camera needs, is missing: no code is taken',
      },
      remedy: { zh: '安装：apt-get install ffmpeg', en: 'apt-get install ffmpeg' },
    },
  ],
  decoder: [
    {
      code: 'C29',
      urgency: 'night',
      means: {
        zh: '二维码识别程序停止：摄像头不能扫码',
        en: 'The decoder of QR codes has stopped: cameras take no code',
      },
      remedy: {
        zh: '会自动重启。若持续报警，请关机再开',
        en: 'It starts again by itself. If this stays, switch the validator off and on',
      },
    },
  ],
} as const satisfies Record<string, AlarmsOfPart>;
