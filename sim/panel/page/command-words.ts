/** What each command does, in Chinese; the bus itself has the English. */
import type { PanelState } from '../protocol.ts';
import type { Language } from './texts.ts';

type Help = PanelState['vocabulary'][number];

const chinese: Readonly<Record<string, string>> = {
  tap: '将卡放到读卡器上；FAULT 是刷卡异常的一种',
  show: '将手机放到摄像头前；OPTION 改变手机的距离、角度、清晰度和光线',
  picture: '将图片放到摄像头前，是不是乘车码都可以',
  scan: '将手机放到扫码器前',
  explain: '刷卡或扫码，并在维护串口读出每一步核验',
  code: '以十六进制给出该乘客手机此刻的乘车码，供 inspect code 使用',
  health: '更改乘客的健康码；none 取消关联',
  register: '乘客在网站上办理升级：姓名和手机号、短信验证码、同意；by proxy 为代办，验证码发到被代办人的手机',
  withdraw: '乘客在网站上撤回：取消关联，删除信息',
  deny: '将该乘客的卡或码列入禁用名单：lost 挂失，cloned 复制，debtor 欠费；未写则为挂失',
  reinstate: '将该乘客的卡或码移出禁用名单',
  seniors: '由公交集团统一关联老年人的卡，无需申请',
  inbox: '乘客手机上的短信，最近的在前',
  source: '健康码来源怎样答复后台',
  publish: '立即发布一版数据源',
  confirm: '司乘人员查验后确认：按确认键，触摸司乘屏，或用维护串口',
  publishing: 'off：除 publish 外不再发布',
  policy: '更改发布的政策，如 lines=2,10 statusMaxAgeS=30',
  phase: '试点从现在起处于哪个阶段，或处于日程的哪一刻，如 2022-05-22T23:59:50+08:00',
  data: '刷卡机上的数据：最新、两天前的，或没有数据且没有网络',
  network: '刷卡机能否连到数据源',
  purse: '乘客卡上的内容：余额、未结束的行程、最近的扣款和充值',
  topup: '乘客给卡充值，如 50 或 12.50 元',
  settle: '后台取走本车的乘车记录，并结算一天：未写则为今天',
  psam: '刷卡机里收取车费的卡（PSAM）：in 正常，out 拔下，其余为故障',
  unplug: '拔下（out）或接上（in）一条线，都不写则只松动一下；刷卡机会自行重新连接',
  freeze: '摄像头卡住，一直给出最后一幅画面',
  gnss: '卫星定位收到什么：fix 恢复正常；drive、drive-back 沿线路去程、回程行驶；offset、rollover、stopped-clock 给出错误的时间',
  door: '打开或关闭车门；开着时站点不变',
  stop: '司乘人员在维护串口上设置车辆所在的站：next 为下一站，auto 恢复按卫星定位；不写则查询',
  bytes: '向一条线发送任意字节，如扫码器和维护人员都不会发出的内容',
  console: '在刷卡机的维护串口上输入命令',
  power: '切断刷卡机的电源；等到它重新启动',
  disk: '刷卡机的存储写不进任何内容',
  clock: '重新启动刷卡机，其系统时钟快若干秒；负数为慢（如 -3600）',
  reader: '拔下或接上读卡器；须以 --wires pcsc 启动',
  screens: '各屏幕当前显示的内容',
  list: '全部乘客',
  wait: '等待一段时间，如 5（秒）、90s、15m、2h、3d；较长的由各时钟一起拨快',
  help: '全部命令',
  record: '将此后的操作录制为场景',
};

/** The help of a command in the page's language. */
export function inItsWords({ command, help }: Help, language: Language): Help {
  const name = command.split(' ', 1)[0] ?? '';
  return language === 'zh' && Object.hasOwn(chinese, name)
    ? { command, help: chinese[name] ?? help }
    : { command, help };
}
