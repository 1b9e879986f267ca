/** `login` and `logout`: who knows the PIN is a technician until they leave. */
import { z } from 'zod';
import { command, Refusal } from '../command.ts';
import { wordsIn } from '../language.ts';

const schema = z.object({ who: z.enum(['anyone', 'technician', 'open']) });

export const login = command({
  name: 'login',
  usage: '',
  example: 'login',
  help: { en: 'asks for the PIN, for what only technicians may do', zh: '输入 PIN，以使用维护人员的命令' },
  access: 'anyone',
  schema,
  async run({ login }, args, { session, ask, say }, signal) {
    if (args.length > 0) return pinInTheOpen;
    if (login === undefined) return noPin;
    const pin = await ask({ en: 'PIN: ', zh: 'PIN：' }, 'hidden');
    if (session === undefined || pin === undefined || pin === '') return notAsked;
    const waiting = (ms: number) => {
      const s = Math.ceil(ms / 1000);
      say(`there have been wrong PINs: yours is tried in ${s} s`, `此前 PIN 有误：${s} 秒后验证您的 PIN`);
    };
    try {
      const isRight = await login.tryPin(pin, waiting, signal);
      session.triedPin(isRight ? 'right' : 'wrong');
      if (!isRight) return wrongPin;
      session.loggedIn();
      return { who: session.who() };
    } catch (error) {
      if (!signal.aborted) throw error;
      session.triedPin('given-up');
      return notAsked;
    }
  },
  tell: (_data, language) => wordsIn(language)('logged in', '已登录'),
});

export const logout = command({
  name: 'logout',
  usage: '',
  example: 'logout',
  help: { en: 'ends what login began', zh: '退出登录' },
  access: 'anyone',
  schema,
  run(_context, _args, { session }) {
    session?.loggedOut();
    return { who: session?.who() ?? 'anyone' };
  },
  tell: (_data, language) => wordsIn(language)('logged out', '已退出登录'),
});

const pinInTheOpen = new Refusal(
  'usage',
  'login takes no word: it asks for the PIN, which is not shown',
  'login 后不带参数：随后输入 PIN，不会显示',
);
const noPin = new Refusal(
  'not-configured',
  'no PIN is set (`console.pin` in the settings): everybody may do everything',
  '未设置 PIN（设置项 console.pin）：所有命令均可使用',
);
const notAsked = new Refusal('aborted', 'no PIN was given', '未输入 PIN');
const wrongPin = new Refusal('login-needed', 'that is not the PIN', 'PIN 不正确');
