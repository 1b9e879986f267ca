/** The notice (温馨提示) that one agrees to. Whoever changes a word of it changes `noticeVersion` as well. */
import { pilotPolicy } from '../../../../device/core/policy.ts';
import type { Lang } from '../language.ts';

/** Recorded with each consent. */
export const noticeVersion = '2022-05-19-4';

/** By then whoever runs the buses has collected and emptied the validators' journals; docs/operating.md tells them. */
const ridesOnBusDays = 90;

export interface NoticeSection {
  readonly title: string;
  readonly text: readonly string[];
  readonly list?: readonly string[];
}

export const notice: Record<Lang, readonly NoticeSection[]> = {
  zh: [
    {
      title: '一、用途',
      text: [
        '本服务由北京公交集团提供，将您名下北京公交集团的乘车码、交通卡与您的健康码状态关联，仅用于乘车时核验健康码，不用于其他目的。服务热线：010-96166。',
      ],
    },
    {
      title: '二、核验什么',
      text: [
        '为核验健康码，我们取得您健康码的当前状态（绿码、黄码、红码、弹窗）和最近一次核酸检测的时间（只用于当次判断，不保存），不取得其他健康信息。健康码状态属于敏感个人信息，须经您单独同意。',
        '您刷卡或扫码时，刷卡机只查询事先存放在车上的核验结果：',
      ],
      list: [
        '正常：提示音和提示语与平时一样，请上车。',
        '健康码异常：不能乘车，不扣车费。乘客屏幕只提示“请联系司乘人员”。',
        '未查询到健康码信息：请向司乘人员出示健康宝，由人工查验；车费照常。',
        '暂时无法核验（车上数据过期或设备故障）：请出示健康宝，由人工查验；车费照常。',
      ],
    },
    {
      title: '三、保存什么',
      text: [
        '后台保存：您的姓名、手机号和关联的卡号、码号（均加密保存），健康码状态及其时间，您的同意记录（时间、提示的版本、是否代办），以及办理时发送验证码的记录（手机号和网络地址只存加密摘要）。',
        '后台还保存乘车记录，无论是否办理：由卡号、码号换算的代号、时间、线路、车号、站点、核验结果、车费，以及您补登的下车站，用于结算车费、补登和处理投诉。其中没有姓名、手机号和卡号。',
        '车上保存：由卡号、码号换算的代号和核验状态，以及乘车记录（代号、时间、线路、核验结果、车费）。不存放姓名、手机号和卡号。',
      ],
    },
    {
      title: '四、保存多久',
      text: [
        '保存到您撤回同意，或公交乘车不再需要核验健康码为止，届时删除。车上的代号自下一次数据更新起失效，并在车上数据整体更新时清除。',
        `车上的乘车记录保存到后台收取为止，最长 ${ridesOnBusDays} 天。`,
        '后台的乘车记录是收取车费的凭据，保存到车费结算、补登和投诉处理完毕，撤回同意不影响其保存。换算代号的密钥一般每周更换一次，后台只保留最近两期：此后由卡号、码号不能再查到乘车记录。',
        '依法须留存的处理记录（验证、同意、撤回的时间和方式）以代号保存三年，其中没有姓名、手机号和卡号。验证码保存 5 分钟，发送记录保存一天。',
      ],
    },
    {
      title: '五、您的权利',
      text: [
        '依照《中华人民共和国个人信息保护法》，您可以查阅、复制、更正、删除您的个人信息，并可随时撤回同意。查阅和撤回（撤回即删除）可在本网站“查询或撤回”办理；复制、更正及其他事项请拨打服务热线。撤回不影响此前已经进行的核验。',
      ],
    },
    {
      title: '六、不办理会怎样',
      text: [
        '是否办理由您自愿决定。不办理或撤回后仍可乘车：刷卡、扫码时会提示“未查询到健康码信息”，请向司乘人员出示健康宝，由人工查验；车费照常。',
      ],
    },
    {
      title: '七、测试期间',
      text: [
        `自 2022 年 5 月 23 日首班车起，在 ${pilotPolicy.lines.join('、')} 路测试。测试期间人工查验照常进行，请出示健康宝；自动核验结果不单独作为能否乘车的依据。`,
      ],
    },
    {
      title: '八、代办',
      text: [
        '为他人代办须事先取得被代办人本人同意，并使用被代办人手机收到的验证码；被代办人未满十四周岁的，由父母或其他监护人同意。代办会记入同意记录，被代办人可随时查询、撤回。',
      ],
    },
  ],
  en: [
    {
      title: '1. What it is for',
      text: [
        'Beijing Bus Group links your ride codes and cards of the group to the state of your health code, to check the health code when you ride, and for nothing else. Hotline: 010-96166.',
      ],
    },
    {
      title: '2. What is checked',
      text: [
        'For the check we obtain the present state of your health code (green, yellow, red, pop-up) and the time of your last nucleic acid test (used for that one check, not stored), and no other health information. The state of your health code is sensitive personal information and needs your separate consent.',
        'When you tap or scan, the validator only looks up the result that was stored on the bus before:',
      ],
      list: [
        'Normal: the usual sound and text. Please board.',
        'Health code abnormal: you may not ride, and no fare is taken. The passenger screen only asks you to speak to the crew.',
        'No health code found: show your Health Kit to the crew, who check it by hand. The fare is taken as usual.',
        'Cannot be checked just now (old data on the bus, or a fault): show your Health Kit. The fare is taken as usual.',
      ],
    },
    {
      title: '3. What is stored',
      text: [
        'At the back office: your name, phone number and the numbers of linked cards and codes (all encrypted), the state of your health code and its time, your consent (when, which version of this notice, by proxy or not), and which SMS codes were sent (phone number and network address as keyed digests only).',
        'At the back office too, whether you upgrade or not: your rides (a pseudonym calculated from the card or code number, time, line, bus, stop, result of the check, fare, and a stop that you have made up), to settle fares, for made-up taps and for complaints. No name, phone or card number.',
        'On the bus: a pseudonym calculated from the card or code number, and the state; and your rides (pseudonym, time, line, result of the check, fare). No name, phone or card number.',
      ],
    },
    {
      title: '4. For how long',
      text: [
        'Until you withdraw, or until health codes need no longer be checked on buses. Then it is erased. Pseudonyms on buses are void from the next update of the data, and cleared when the data on the bus is renewed as a whole.',
        `Rides recorded on the bus stay there until the back office has collected them, ${ridesOnBusDays} days at most.`,
        'Rides at the back office show what fare was due. They are kept until fares, made-up taps and complaints are settled, and withdrawing does not erase them. The keys of the pseudonyms change every week as a rule, and the back office keeps the last two: after that a card or code number does not lead to its rides any more.',
        'Records of processing that the law says must be kept (when and how a phone was verified, consent given and withdrawn) are kept for three years under a pseudonym, without name, phone or card number. SMS codes are kept for 5 minutes, the record that they were sent for a day.',
      ],
    },
    {
      title: '5. Your rights',
      text: [
        'Under the Personal Information Protection Law of the People’s Republic of China you may see, copy, correct and erase your personal information and withdraw your consent at any time. To see it, or to withdraw, which erases it, use “Look up or withdraw” on this site; for copies, corrections and anything else call the hotline. Checks made before you withdraw are not affected.',
      ],
    },
    {
      title: '6. If you do not upgrade',
      text: [
        'It is up to you. Without the upgrade, or after withdrawing, you can still ride: the validator says that no health code was found, you show your Health Kit to the crew, and the fare is taken as usual.',
      ],
    },
    {
      title: '7. During the trial',
      text: [
        `From the first bus of 23 May 2022 there is a trial on lines ${pilotPolicy.lines.join(', ')}. The manual check goes on meanwhile: please show your Health Kit. The automatic result alone does not decide whether you may ride.`,
      ],
    },
    {
      title: '8. For somebody else',
      text: [
        'Upgrade for somebody else only with their agreement beforehand and with the code their own phone receives; for children under 14 a parent or guardian agrees. It is recorded as done by proxy, and the person can look it up and withdraw at any time.',
      ],
    },
  ],
};
