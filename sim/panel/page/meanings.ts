/** What the page's words mean, for who sees them for the first time. */
import type { Language } from './texts.ts';

const table = {
  phase: [
    '未开始：刷卡、扫码不核验健康码。\n办理升级：乘客可以在网站上办理，刷卡、扫码仍不核验。\n测试：自动核验，但以人工查验为准；不是绿码一律显示“测试中 请出示健康宝”，车费照常。\n正式：以自动核验为准，健康码异常不能乘车。',
    'Before: taps check no health code.\nRegistration: passengers can register on the site; taps check nothing yet.\nTrial: taps check, but the crew’s own check counts; whatever is not green shows 测试中 请出示健康宝, and the fare is taken.\nEnforced: the check counts; who has an abnormal code may not ride.',
  ],
  network: [
    '刷卡机能否从车上连到数据源。中断后，已有的数据在有效期内照常使用。',
    'Whether the validators reach the feed. Without it, the data on board is used for as long as it is fresh.',
  ],
  feed: [
    '后台发布给刷卡机的数据：哪些卡和乘车码已关联，健康码是什么状态。v 后面是版本号，再后面是发布了多久。',
    'What the back office publishes for validators: which cards and ride codes are linked, and how the health codes stand. After v comes its version, then its age.',
  ],
  links: [
    '这台刷卡机上的关联数据是哪一版；与数据源的版本相同，就是最新的。“无”：没有可用的数据，只能显示“暂时无法核验”。',
    'The version of the links on this validator; the feed’s own version is the newest. Without any it can only say 暂时无法核验.',
  ],
  journal: [
    '每次刷卡、扫码都记一行。\n通过：绿码。\n异常：黄码、红码或弹窗，不能乘车。\n未查询到：没有关联，请出示健康宝。\n无法核验：数据过期、缺失，或健康码状态未知。\n不核验：不是试点线路，或未到核验日期。\n已人工查验：司乘人员查验并确认后再次出示。\n无效：本车不能用的卡或码。\n重复：几秒内再次出示。',
    'One row for each tap or scan.\npass: a green code.\nabnormal: yellow, red or a pop-up; may not ride.\nnot-found: not linked; shows the Health Kit.\ncannot-verify: the data is old or missing, or the status unknown.\nnot-checked: not a pilot line, or not yet the date.\nchecked-by-hand: presented again after the crew has checked and confirmed.\ninvalid: a card or code that this bus cannot take.\nrepeat: presented again within seconds.',
  ],
  healthCode: [
    '健康码来源给出的状态，更改后自动发布并送到车上。\n弹窗：健康宝弹出提示，须先核实。\n未知：来源没有给出结果。\n未关联：没有办理升级，刷卡机查不到。',
    'How the source of health codes has it; a change is published and reaches the bus by itself.\nPop-up: the Health Kit shows a warning that must be settled first.\nUnknown: the source gives no result.\nNo link: not registered, so validators find nothing.',
  ],
  cardFault: [
    '刷卡时卡出什么问题，例如读到一半就拿走。',
    'What goes wrong with the card at the reader: for example, it is taken away half-way.',
  ],
  registered: [
    '是否已在网站上办理升级。老年人的卡由公交集团统一关联，不用办理。',
    'Whether the person has registered on the site. Cards of seniors are linked without it.',
  ],
  explain: [
    '刷卡或扫码，并显示刷卡机在维护串口上写出的每一步核验。',
    'Presents the medium and shows each step of the check, as the validator’s serial console tells it.',
  ],
  dataOnBoard: [
    '最新：刚发布的数据。过期：两天前的数据。丢失：刷卡机上没有数据，网络也中断。',
    'Fresh: data of now. Stale: of two days ago. Missing: none on the validators, and no network.',
  ],
  source: [
    '后台向它查询健康码。很慢、出错或前后矛盾时，数据会逐渐过期。',
    'The back office asks it for health codes. If it is slow, fails or contradicts itself, the data grows old.',
  ],
  unplug: [
    '拔下这条线，再点一次接上。刷卡机会发现、报告，并自行重新连接。',
    'Pulls this wire out; pressed again, it is put in. The validator notices, reports it and connects again by itself.',
  ],
  reader: [
    '拔下或接上读卡器。只有以 make run WIRES=pcsc 启动时可用。',
    'Pulls the card reader, or plugs it in. Only with make run WIRES=pcsc.',
  ],
  psam: [
    '刷卡机里收取车费的安全卡。拔下或故障时，卡不能扣款，二维码不受影响；下车从不受阻。',
    'The secure card in the validator that takes the fare. Without it no card can pay at boarding; codes ride on, and getting off is never refused.',
  ],
  freeze: ['摄像头卡住：一直给出最后一幅画面。', 'A camera that hangs: it gives its last picture for ever.'],
  disk: [
    '存储已满：乘车记录写不进去，刷卡机暂停服务。',
    'A full disk: no ride can be journaled, so none is taken.',
  ],
  clock: [
    '让系统时钟快若干秒（负数为慢）。刷卡机会断电并重新启动。',
    'The system’s clock, so many seconds ahead (negative: behind). The validator loses its power and starts again.',
  ],
  gnss: [
    '卫星定位给出什么：没有输出、乱码、错误的时间等。点线路图上的站名可以移动车辆。',
    'What the receiver gets: nothing, noise, a wrong time. A stop’s name on the line moves the bus.',
  ],
  power: [
    '切断电源，刷卡机重新启动。未写完的内容会丢失，已记下的乘车记录不会。',
    'Cuts the power; the validator starts again. No ride that was journaled is lost.',
  ],
  recording: [
    '录制此后的操作，保存为场景文件，可以用 scenario run 重放。',
    'Keeps what is done from now on as a scenario file; scenario run does it again.',
  ],
  console: [
    '维护人员在刷卡机上用的串口。输入 help 查看命令。',
    'What a technician types on at the validator. help lists its commands.',
  ],
} as const satisfies Readonly<Record<string, readonly [zh: string, en: string]>>;

export type MeaningName = keyof typeof table;

export function meaningIn(language: Language, name: MeaningName): string {
  return table[name][language === 'zh' ? 0 : 1];
}
