/** A field to type any command of the bus, with completions, and the last outcome beside it. */
import { useState } from 'preact/hooks';
import type { Outcome } from './api.ts';
import { completionsOf, helpFor } from './completion.ts';
import { outcomeText, wholeText } from './outcome-text.ts';
import { usePanel } from './panel-context.ts';

/** The last command of this page. */
export interface Done {
  readonly line: string;
  readonly outcome: Outcome;
}

interface CommandLineProps {
  readonly done: Done | undefined;
}

export const commandLineId = 'command-line';

export function CommandLine({ done }: CommandLineProps) {
  const { state, run, t } = usePanel();
  const [typed, setTyped] = useState('');
  const completions = completionsOf(typed, state);
  const help = helpFor(typed, state);

  const enter = async (event: Event) => {
    event.preventDefault();
    const line = typed.trim();
    if (line === '') return;
    setTyped('');
    await run(line);
  };
  const complete = (event: KeyboardEvent) => {
    const [first] = completions;
    if (event.key === 'Tab' && !event.shiftKey && typed !== '' && first !== undefined) {
      event.preventDefault();
      setTyped(`${first} `);
    }
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
        onKeyDown={complete}
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
      <LastOutcome done={done} />
    </form>
  );
}

function LastOutcome({ done }: CommandLineProps) {
  const { language } = usePanel().preferences;
  const said = done === undefined ? undefined : outcomeText(done.outcome, language);
  return (
    <p role="status" class="outcome" title={done === undefined ? undefined : wholeText(done.outcome)}>
      {done !== undefined && said !== undefined && (
        <>
          <code>{done.line}</code> <span class={`mood ${said.mood}`}>{said.text}</span>
        </>
      )}
    </p>
  );
}
