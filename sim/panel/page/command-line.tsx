/** Any command of the bus, typed, with its completions; what the last one came to stands beside it. */
import { useState } from 'preact/hooks';
import type { Outcome } from './api.ts';
import { completionsOf, helpFor } from './completion.ts';
import { outcomeText, wholeText } from './outcome-text.ts';
import { usePanel } from './panel-context.ts';

interface CommandLineProps {
  /** Of the last thing this page did. */
  readonly outcome: Outcome | undefined;
}

export const commandLineId = 'command-line';

export function CommandLine({ outcome }: CommandLineProps) {
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
    <form class="command-line" onSubmit={event => void enter(event)}>
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
      <LastOutcome outcome={outcome} />
    </form>
  );
}

function LastOutcome({ outcome }: CommandLineProps) {
  const said = outcome === undefined ? undefined : outcomeText(outcome);
  const whole = outcome === undefined ? '' : wholeText(outcome);
  return (
    <div class="outcome">
      <p role="status" class={`mood ${said?.mood ?? 'plain'}`} title={whole}>
        {said?.text}
      </p>
    </div>
  );
}
