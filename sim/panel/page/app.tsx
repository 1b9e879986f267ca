/** The whole page: the bus in the middle, its passengers on one side, the tools on the other. */
import { useEffect, useMemo, useState } from 'preact/hooks';
import type { PanelState } from '../protocol.ts';
import { Answer } from './answer.tsx';
import { playBeeps, playPrompts } from './beeps.ts';
import { Cameras } from './cameras.tsx';
import { CommandLine } from './command-line.tsx';
import { nameOf } from './completion.ts';
import { type Doing, useDoing } from './doing.ts';
import { Faults } from './faults.tsx';
import { Header } from './header.tsx';
import { InHand } from './in-hand.tsx';
import { Journals } from './journals.tsx';
import { useKeys } from './keys.ts';
import { LineMap } from './line-map.tsx';
import type { LiveState } from './live-state.ts';
import { Log } from './log.tsx';
import { Office } from './office.tsx';
import { type Panel, PanelContext, usePanel } from './panel-context.ts';
import { Passengers } from './passengers.tsx';
import { prefer, preferences } from './preferences.ts';
import { SerialConsole } from './serial-console.tsx';
import { Steps } from './steps.tsx';
import { type Tab, Tabs } from './tabs.tsx';
import { textIn } from './texts.ts';
import { useMatch } from './use-match.ts';
import { Validator } from './validator.tsx';
import { useValue } from './value.ts';

export function App({ live }: { readonly live: LiveState }) {
  const state = useValue(live.state);
  const isConnected = useValue(live.isConnected);
  const chosen = useValue(preferences);
  useLook();
  useSound(live);
  if (state === undefined) {
    return (
      <main class="waiting">
        <h1>{textIn(chosen.language, 'title')}</h1>
        <p role="status">{textIn(chosen.language, 'connecting')}</p>
      </main>
    );
  }
  return (
    <>
      {!isConnected && (
        <p class="away" role="alert">
          {textIn(chosen.language, 'away')}
        </p>
      )}
      <WithPanel state={state} />
    </>
  );
}

function WithPanel({ state }: { readonly state: PanelState }) {
  const chosen = useValue(preferences);
  const [selectedId, setSelectedId] = useState<string | undefined>(undefined);
  const [manner, setManner] = useState('');
  const { begun, done, run, holdPicture } = useDoing();
  const names = useMemo(
    () => new Set(state.vocabulary.map(({ command }) => nameOf(command))),
    [state.vocabulary],
  );
  const panel: Panel = {
    state,
    preferences: chosen,
    selected: state.passengers.find(({ id }) => id === selectedId),
    select(id) {
      if (id !== selectedId) setManner('');
      setSelectedId(id);
    },
    manner,
    setManner,
    t: name => textIn(chosen.language, name),
    underWay: allUnderWay(state.underWay, begun),
    run,
    holdPicture,
    knows: name => names.has(name),
  };
  useKeys(panel);
  return (
    <PanelContext.Provider value={panel}>
      <Header />
      <main>
        <Passengers />
        <div class="bus">
          <LineMap />
          <div class="validators">
            <Validator post="front" />
            <Validator post="rear" />
          </div>
        </div>
        <Journals />
        <Tools />
      </main>
      <footer class="bottom">
        <Answer begun={begun} done={done} />
        <CommandLine begun={begun} done={done} />
      </footer>
    </PanelContext.Provider>
  );
}

/** The simulator tells of this page's own commands too, a little later. */
function allUnderWay(told: readonly string[], begun: Doing['begun']): string[] {
  const own = begun.map(({ line }) => line);
  return [...told.filter(line => !own.includes(line)), ...own];
}

/** What does not fit beside the bus becomes a tab. */
const roomy = matchMedia('(min-width: 1700px)');

function Tools() {
  const { preferences: chosen, t } = usePanel();
  const isRoomy = useMatch(roomy);
  const records: readonly Tab[] = [
    { id: 'steps', name: t('tab-steps'), content: () => <Steps /> },
    { id: 'log', name: t('tab-log'), content: () => <Log /> },
  ];
  const tools: readonly Tab[] = [
    { id: 'in-hand', name: t('tab-in-hand'), content: () => <InHand /> },
    { id: 'faults', name: t('tab-faults'), content: () => <Faults /> },
    { id: 'cameras', name: t('tab-cameras'), content: () => <Cameras /> },
    { id: 'office', name: t('tab-office'), content: () => <Office /> },
    { id: 'console', name: t('tab-console'), content: () => <SerialConsole /> },
  ];
  const choose = (tab: string) => prefer({ tab });
  return (
    <>
      <Tabs
        label={t('tools')}
        tabs={isRoomy ? tools : [...tools, ...records]}
        chosen={chosen.tab}
        choose={choose}
      />
      {isRoomy && (
        <div class="records">
          <section aria-labelledby="steps-name">
            <h2 id="steps-name">{t('steps')}</h2>
            <Steps />
          </section>
          <section aria-labelledby="log-name">
            <h2 id="log-name">{t('log')}</h2>
            <Log />
          </section>
        </div>
      )}
    </>
  );
}

/** Sets language and theme for the whole document. */
function useLook(): void {
  const { language, theme } = useValue(preferences);
  useEffect(() => {
    const { documentElement } = document;
    documentElement.lang = language === 'zh' ? 'zh-CN' : 'en';
    document.title = textIn(language, 'title');
    if (theme === 'system') delete documentElement.dataset.theme;
    else documentElement.dataset.theme = theme;
  }, [language, theme]);
}

function useSound({ state }: LiveState): void {
  useEffect(() => {
    let before = state.get();
    return state.watch(() => {
      const now = state.get();
      if (before !== undefined && now !== undefined && preferences.get().hasSound) {
        playBeeps(before.validators, now.validators);
        playPrompts(before.validators, now.validators);
      }
      before = now;
    });
  }, [state]);
}
