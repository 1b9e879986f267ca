/** Everything that can go wrong around a validator, one row each, and all of it right again. */
import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import type { PostName } from '../../bus/validator-post.ts';
import { commandsToRight } from './all-right.ts';
import { Choice, CommandButton } from './buttons.tsx';
import { helpFor } from './completion.ts';
import { DoorHeadings } from './door-headings.tsx';
import type { MeaningName } from './meanings.ts';
import { usePanel } from './panel-context.ts';
import { posts } from './presenting.ts';
import { knownText, type TextName } from './texts.ts';
import { Word } from './word.tsx';

const wires = [
  ...(['scanner', 'camera', 'passenger', 'crew', 'gnss', 'network', 'confirm-key', 'door-contact'] as const),
  ...(['voice', 'crew-voice'] as const),
];

export function Faults() {
  return (
    <div class="all-faults">
      <AllRight />
      <OfTheBus />
      <table>
        <thead>
          <tr>
            <td />
            <DoorHeadings />
          </tr>
        </thead>
        <tbody>
          <OfTheWires />
          <OfTheMachine />
        </tbody>
      </table>
    </div>
  );
}

function AllRight() {
  const { state, run, t } = usePanel();
  const commands = commandsToRight(state);
  const putRight = async () => {
    for (const line of commands) await run(line);
  };
  return (
    <button
      type="button"
      disabled={commands.length === 0}
      title={commands.length === 0 ? t('nothingWrong') : commands.join('\n')}
      onClick={() => void putRight()}
    >
      {t('allRight')}
    </button>
  );
}

function OfTheBus() {
  const { t } = usePanel();
  const choices = {
    network: { on: t('on'), off: t('off') },
    dataOnBoard: { fresh: t('data-fresh'), stale: t('data-stale'), missing: t('data-missing') },
    source: {
      ok: t('ok'),
      slow: t('source-slow'),
      failing: t('source-failing'),
      contradicting: t('source-contradicting'),
    },
  };
  return (
    <>
      {(['network', 'dataOnBoard', 'source'] as const).map(name => (
        <div key={name} class="fault-row">
          <Word means={name}>{t(name)}</Word>
          <Choice label={t(name)} command={name === 'dataOnBoard' ? 'data' : name} options={choices[name]} />
        </div>
      ))}
    </>
  );
}

function OfTheWires() {
  const { t } = usePanel();
  return (
    <>
      <AtBoth name="unplug">
        {post => (
          <div class="wires">
            {wires.map(wire => (
              <Wire key={wire} about={`unplug ${post} ${wire}`}>
                {t(`wire-${wire}`)}
              </Wire>
            ))}
          </div>
        )}
      </AtBoth>
      <Either name="reader" options={{ in: 'in', out: 'out' }} />
      <AtBoth name="psam">{post => <Psam post={post} />}</AtBoth>
      <Either name="freeze" options={{ off: 'freeze-off', on: 'freeze-on' }} />
    </>
  );
}

/** Pulls a wire out; pressed again, puts it in. */
function Wire({ about, children }: { readonly about: string; readonly children: ComponentChildren }) {
  const isOut = usePanel().state.settings[about] === 'out';
  return (
    <CommandButton line={`${about} ${isOut ? 'in' : 'out'}`} isPressed={isOut}>
      {children}
    </CommandButton>
  );
}

function OfTheMachine() {
  const { t } = usePanel();
  return (
    <>
      <Either name="disk" options={{ ok: 'ok', full: 'full' }} />
      <AtBoth name="clock">{post => <Clock post={post} />}</AtBoth>
      <AtBoth name="gnss">{post => <Gnss post={post} />}</AtBoth>
      <AtBoth name="power">
        {post => (
          <CommandButton class="danger" line={`power ${post}`}>
            {t('cutPower')}
          </CommandButton>
        )}
      </AtBoth>
    </>
  );
}

interface EitherProps {
  /** A command, too. */
  readonly name: MeaningName & TextName;
  /** Last word of the command → its text. */
  readonly options: Readonly<Record<string, TextName>>;
}

function Either({ name, options }: EitherProps) {
  const { t } = usePanel();
  const texts = Object.fromEntries(Object.entries(options).map(([word, text]) => [word, t(text)]));
  return (
    <AtBoth name={name}>
      {post => <Choice label={t(name)} command={`${name} ${post}`} options={texts} />}
    </AtBoth>
  );
}

interface AtBothProps {
  readonly name: MeaningName & TextName;
  children(post: PostName): ComponentChildren;
}

function AtBoth({ name, children }: AtBothProps) {
  const { t } = usePanel();
  return (
    <tr>
      <th scope="row">
        <Word means={name}>{t(name)}</Word>
      </th>
      {posts.map(post => (
        <td key={post}>{children(post)}</td>
      ))}
    </tr>
  );
}

function Clock({ post }: { readonly post: PostName }) {
  const { t } = usePanel();
  const [seconds, setSeconds] = useState('3600');
  return (
    <div class="clock">
      <input
        type="number"
        value={seconds}
        aria-label={`${t('clockOffset')}, ${t(post)}`}
        onInput={event => setSeconds(event.currentTarget.value)}
      />
      <CommandButton line={`clock ${post} ${seconds}`} disabled={seconds === ''}>
        {t('set')}
      </CommandButton>
      <CommandButton line={`clock ${post} ok`}>{t('right')}</CommandButton>
    </div>
  );
}

function Psam({ post }: { readonly post: PostName }) {
  const { state } = usePanel();
  const states = helpFor('psam', state)?.command.split(' ').at(-1)?.split('|') ?? [];
  return <States name="psam" post={post} states={states} usual="in" />;
}

function Gnss({ post }: { readonly post: PostName }) {
  const { state } = usePanel();
  const usage = helpFor('gnss', state)?.command ?? '';
  const said = usage.replace(/[()]/g, '').split(' ').slice(2).join(' ').split('|');
  const lies = ['rollover', 'stopped-clock', 'offset 86400'];
  const usual = [...said.filter(word => /^[a-z-]+$/.test(word) && !lies.includes(word)), ...lies];
  return <States name="gnss" post={post} states={usual} usual="fix" />;
}

interface StatesProps {
  /** A command, too. */
  readonly name: 'gnss' | 'psam';
  readonly post: PostName;
  readonly states: readonly string[];
  readonly usual: string;
}

/** One of many states that a part can be in. */
function States({ name, post, states, usual }: StatesProps) {
  const { state, preferences, run, knows, t } = usePanel();
  const now = state.settings[`${name} ${post}`] ?? usual;
  const choices = states.includes(now) ? states : [...states, now];
  return (
    <select
      aria-label={`${t(name)}, ${t(post)}`}
      disabled={!knows(name)}
      value={now}
      onChange={event => void run(`${name} ${post} ${event.currentTarget.value}`)}
    >
      {choices.map(word => (
        <option key={word} value={word}>
          {knownText(preferences.language, `${name}-${word}`) ?? word}
        </option>
      ))}
    </select>
  );
}
