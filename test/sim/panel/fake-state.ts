/** A state of the panel with something of everything in it, for the page without a bus. */

import { verdicts } from '../../../device/core/verdict-names.ts';
import { gnssCommand } from '../../../sim/bus/commands/gnss-command.ts';
import { lineStops } from '../../../sim/bus/line-stops.ts';
import { usualPassengers } from '../../../sim/bus/passengers.ts';
import type { PanelState, ValidatorState } from '../../../sim/panel/protocol.ts';

const names = ['王建国', '李小雨', '赵秀英', '陈志强', '孙丽', '周敏', '吴磊', '郑凯', '冯雪', '朱琳'];
const rule = '─'.repeat(38);
const box = (zh: string, en: string) => [`┌${rule}┐`, `│ ${zh} │`, `│ ${en} │`, `└${rule}┘`];
const dark = { light: 'off', beeps: 0 };

export const fakeScreens = {
  idle: { ...dark, lines: box('请刷卡或扫码', 'Tap your card or scan your code') },
  pass: {
    light: 'green',
    beeps: 1,
    lines: [...box('请上车', 'Please board'), '票价 1.00 元', 'Fare 1.00 yuan', '♪'],
  },
  trial: {
    light: 'amber',
    beeps: 2,
    lines: [
      ...box('测试中', 'Trial'),
      ...['请出示健康宝', 'Please show your Health Kit', '暂时无法核验', 'Cannot verify now'],
      ...['本机时间有误', 'This validator does not know the time', '请人工查验', 'Check by hand', '♪ ♪'],
    ],
  },
  abnormal: {
    light: 'red',
    beeps: 3,
    lines: [...box('健康码异常', 'Health code abnormal'), '红码', 'Red code', '♪ ♪ ♪'],
  },
};

export const fakeVocabulary = [
  ['tap front|rear PASSENGER [FAULT]', 'hold a card to the reader; FAULT is one of the ways a card can fail'],
  [
    'show front|rear PASSENGER [OPTION=VALUE …]',
    'hold a phone before the camera; OPTION is one of codeHeight, rotationDeg, tiltXDeg, tiltYDeg, blurPixels, noise, contrast, darkestLight, moire',
  ],
  ['scan front|rear PASSENGER', 'hold a phone to the scanner module'],
  ['confirm front|rear [key|touch|console]', 'the crew has checked by hand'],
  ['health PASSENGER green|yellow|red|popup|unknown|none', "change a passenger's health code"],
  ['data fresh|stale|missing', 'what the validators hold'],
  ['network on|off', 'whether the validators reach the feed'],
  ['unplug front|rear scanner|camera|passenger|crew|gnss', 'break a wire'],
  ['freeze front|rear on|off', 'a camera that hangs'],
  [`gnss ${gnssCommand.usage}`, 'what the receiver sends'],
  ['power front|rear', 'cut the power of a validator; it starts again'],
  ['explain front|rear PASSENGER', 'present what a passenger has, and read what the console explains of it'],
  ['code PASSENGER', 'a code in hex'],
  ['deny PASSENGER [lost|cloned|debtor]', 'on the list of denied media'],
  ['reinstate PASSENGER', 'off it again'],
  ['purse PASSENGER', 'what is on the card'],
  ['topup PASSENGER YUAN', 'put money on it'],
  ['psam front|rear in|out|blocked', 'the card that takes the fare'],
  ['inbox PASSENGER', "the SMS on the passenger's phone"],
  ['publish', 'publish now'],
].map(([command = '', help = '']) => ({ command, help }));

const fakeRide = {
  city: '1000',
  line: '2',
  stop: 3,
  bus: 'bus-1',
  at: '2022-06-01T00:00:00.000Z',
  mostFen: 200,
};

const fault = (name: string) => ({ name, kind: 'disconnected', problem: `${name}: the wire is broken` });
/** Every part that a validator of the bus has. */
const everyPart = [
  ...['card', 'scanner', 'camera', 'decoder', 'passenger', 'crew', 'voice', 'crew-voice'],
  ...['gnss', 'psam', 'clock', 'journal', 'links', 'feed', 'console'],
];

const nothingSaid = { count: 0, prompt: '', text: '', volumePercent: 0 };

function validator(index: number): ValidatorState {
  return {
    said: {
      passenger:
        index === 0 ? { count: 3, prompt: 'code-ok', text: '滴，刷码成功', volumePercent: 90 } : nothingSaid,
      crew: nothingSaid,
    },
    passenger: index === 0 ? fakeScreens.pass : fakeScreens.idle,
    crew: index === 0 ? fakeScreens.pass : fakeScreens.idle,
    isRunning: true,
    faults: index === 0 ? [] : [fault('camera')],
    linksVersion: 12,
    journal: {
      rows: 14 * (1 - index),
      byVerdict: index === 0 ? { pass: 9, abnormal: 3, 'not-found': 2 } : {},
    },
    position: { lat: lineStops[2]?.lat ?? 0, lon: lineStops[2]?.lon ?? 0 },
    lastTap: index === 0 ? { event: 'tap', verdict: 'pass', passenger: 'wang' } : undefined,
    consoleCommand: `socat -,raw,echo=0,escape=0x1d tcp:127.0.0.1:4400${index}`,
  };
}

/** As much on each as there can be. */
export const fullValidators = { front: full(0), rear: full(1) };

function full(index: number): ValidatorState {
  return {
    ...validator(index),
    passenger: fakeScreens.trial,
    crew: fakeScreens.trial,
    faults: everyPart.map(fault),
    journal: {
      rows: 900,
      byVerdict: Object.fromEntries(verdicts.map((verdict, order) => [verdict, 901 + order])),
    },
    lastTap: { event: 'tap', verdict: 'cannot-verify', reason: 'clock', passenger: 'zhao-senior' },
  };
}

export function fakeState(now: number): PanelState {
  return {
    line: '2',
    phase: 'enforced',
    stops: lineStops,
    validators: { front: validator(0), rear: validator(1) },
    passengers: usualPassengers.map((passenger, index) => ({
      ...passenger,
      name: names[index % names.length] ?? '',
      phone: `1380000${String(1000 + index)}`,
      isRegistered: passenger.health !== 'none',
      denied: passenger.id === 'sun-yellow' ? 'debtor' : undefined,
      purse:
        'balanceFen' in passenger
          ? { balanceFen: passenger.balanceFen, ride: index === 0 ? fakeRide : null }
          : undefined,
    })),
    feed: {
      url: 'http://127.0.0.1:8001/feed/',
      siteUrl: 'http://127.0.0.1:8001',
      version: 12,
      publishedAt: now - 83_000,
      isNetworkUp: true,
    },
    log: Array.from({ length: 60 }, (_, index) => ({
      at: now - (60 - index) * 1000,
      validator: index % 3 === 0 ? 'rear' : 'front',
      level: index % 11 === 0 ? 'warn' : 'info',
      event: index % 11 === 0 ? 'part-fault' : 'tap',
      text: index % 11 === 0 ? 'camera disconnected' : `verdict pass, seq ${index}, fareFen 100`,
    })),
    commands: [],
    underWay: [],
    settings: {},
    isRecording: false,
    vocabulary: fakeVocabulary,
    cardFaults: ['answers-nothing', 'leaves-half-way', 'leaves-before-debit', 'slow', 'garbage-atr'],
  };
}
