/** A field to type any command of the bus, with completions, and what is under way or was done last beside it. */
import { useState } from 'preact/hooks';
import { inItsWords } from './command-words.ts';
import { completionsOf, helpFor } from './completion.ts';
import { type Doing, type Done, isAhead } from './doing.ts';
import { timeOf } from './log.tsx';
import { outcomeText } from './outcome-text.ts';
import { usePanel } from './panel-context.ts';
import { useRecall } from './recall.ts';

export const commandLineId = 'command-line';

export function CommandLine({ begun, done }: Pick<Doing, 'begun' | 'done'>) {
  const { state, preferences, run, t } = usePanel();
  const [typed, setTyped] = useState('');
  const recall = useRecall(() => state.commands.map(({ line }) => line));
  const completions = completionsOf(typed, state);
  const found = helpFor(typed, state);
  const help = found && inItsWords(found, preferences.language);

  const enter = async (event: Event) => {
    event.preventDefault();
    const line = typed.trim();
    if (line === '') return;
    recall.entered(line);
    setTyped('');
    await run(line);
  };
  const press = (event: KeyboardEvent) => {
    const next = nextText(event);
    if (next === undefined) return;
    event.preventDefault();
    setTyped(next);
  };
  const nextText = ({ key, shiftKey }: KeyboardEvent): string | undefined => {
    if (key === 'ArrowUp') return recall.before(typed);
    if (key === 'ArrowDown') return recall.after(typed);
    const [first] = completions;
    return key === 'Tab' && !shiftKey && typed !== '' && first !== undefined ? `${first} ` : undefined;
  };

  return (
    <form class="command-line" aria-label={t('command')} onSubmit={event => void enter(event)}>
      <label for={commandLineId} aria-hidden="true">
        :
      </label>
      <input
        id={commandLineId}
        list="completions"
        value={typed}
        autocomplete="off"
        autocapitalize="none"
        spellcheck={false}
        maxLength={500}
        placeholder={t('typeCommand')}
        aria-label={t('command')}
        aria-describedby="command-help"
        onInput={event => setTyped(event.currentTarget.value)}
        onKeyDown={press}
      />
      <datalist id="completions">
        {completions.map(line => (
          <option key={line} value={line} />
        ))}
      </datalist>
      <button type="submit" disabled={typed.trim() === ''}>
        {t('doIt')}
      </button>
      <p id="command-help" class="help">
        {help === undefined ? null : (
          <>
            <code>{help.command}</code> {help.help}
          </>
        )}
      </p>
      <Status begun={begun} done={done} />
    </form>
  );
}

/** What is under way is seen at once; what it came to, when it comes. */
function Status({ begun, done }: Pick<Doing, 'begun' | 'done'>) {
  const { state, underWay, t } = usePanel();
  const newest = underWay.at(-1);
  const others = underWay.length > 1 ? ` +${underWay.length - 1}` : '';
  // A page that has done nothing yet shows what was done last on this bus.
  const last = done ?? state.commands.at(-1);
  return (
    <p role="status" class="outcome">
      {newest !== undefined && (
        <span class="under-way">
          <code>{newest}</code> {t('underWay')}
          {others}
        </span>
      )}
      {last !== undefined && !isAhead({ begun, done }) && <News done={last} />}
    </p>
  );
}

function News({ done: { id, at, line, outcome } }: { readonly done: Omit<Done, 'isShownInPlace'> }) {
  const { mood, text } = outcomeText(outcome, usePanel().preferences.language);
  return (
    <span key={id} class="news" title={text}>
      <time>{timeOf(at)}</time> <code>{line}</code> <span class={`mood ${mood}`}>{text}</span>
    </span>
  );
}
