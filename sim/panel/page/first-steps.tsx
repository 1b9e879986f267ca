/** What to do first, in the column that is empty while no passenger is in hand. */
import { CommandButton } from './buttons.tsx';
import { usePanel } from './panel-context.ts';
import { letters, usualWay } from './presenting.ts';
import type { Language } from './texts.ts';

const texts = {
  zh: {
    title: '从这里开始',
    first: (name: string) => `${name} 在前门刷一次`,
    letters: (name: string) => ` ${name} 在前门刷卡或扫码，大写在后门；其他乘客按左边的字母`,
    lettersOff: '右上角的 a–z 打开后，按乘客左边的字母就能刷卡',
    drag: '将左边的乘客拖到刷卡机的读卡器、摄像头或扫码器上',
    choose: '点一位乘客，这里就显示其健康码、卡或乘车码，还可以让卡出错',
    seen: '看什么',
    lights:
      '每个车门有两块屏：大的给乘客看，小的给司乘人员看。绿灯可以上车；黄灯由司乘人员人工查验；红灯不能乘车。',
    words: '带虚线的词，点一下有解释。',
    more: '输入命令（help 列出全部）；',
    moreFaults: '断网、拔线、断电等在“故障”里。',
  },
  en: {
    title: 'Begin here',
    first: (name: string) => `${name} presents at the front door`,
    letters: (name: string) =>
      ` presents ${name} at the front door, the capital at the rear; others by the letter beside them`,
    lettersOff: 'With a–z switched on above, the letter beside a passenger presents them',
    drag: 'Drag a passenger from the left to a reader, a camera or a scanner',
    choose: 'Choose a passenger: their health code, their card or phone and how it may fail appear here',
    seen: 'What to look at',
    lights:
      'Each door has two screens: the large one for passengers, the small one for the crew. Green: board. Amber: the crew checks by hand. Red: may not ride.',
    words: 'A word with a dotted line explains itself when pressed.',
    more: 'begins a command (help lists them); ',
    moreFaults: 'broken wires, networks and power are in “Faults”.',
  },
} satisfies Record<Language, unknown>;

export function FirstSteps() {
  const { state, preferences, select } = usePanel();
  const say = texts[preferences.language];
  const [first] = state.passengers;
  if (first === undefined) return null;
  return (
    <section class="first-steps" aria-labelledby="first-steps-name">
      <h3 id="first-steps-name">{say.title}</h3>
      <CommandButton
        class="primary"
        line={`${usualWay(first.medium)} front ${first.id}`}
        begun={() => select(first.id)}
      >
        {say.first(first.name)}
      </CommandButton>
      <ul>
        <li>
          {preferences.hasLetterKeys ? (
            <>
              <kbd>{letters[0]}</kbd>
              {say.letters(first.name)}
            </>
          ) : (
            say.lettersOff
          )}
        </li>
        <li>{say.drag}</li>
        <li>{say.choose}</li>
      </ul>
      <h3>{say.seen}</h3>
      <p>{say.lights}</p>
      <p>{say.words}</p>
      <p>
        <kbd>:</kbd> {say.more}
        {say.moreFaults}
      </p>
    </section>
  );
}
