/** Everybody's commands as typed, or as steps of a scenario: clicking teaches scripting. */
import type { CommandDone } from '../protocol.ts';
import { answerOf } from './answer-text.ts';
import { ButtonGroup, CommandButton } from './buttons.tsx';
import { nameOf } from './completion.ts';
import { CopyButton } from './copy-button.tsx';
import { Icon } from './icons.tsx';
import { timeOf } from './log.tsx';
import { outcomeText } from './outcome-text.ts';
import { usePanel } from './panel-context.ts';
import { prefer } from './preferences.ts';
import { Word } from './word.tsx';

/** The recording has the rest. */
const mostRows = 80;

export function Steps() {
  const { state, preferences, t } = usePanel();
  const { stepsAs } = preferences;
  const newestFirst = state.commands.slice(-mostRows).reverse();
  const all = newestFirst
    .filter(({ line }) => stepsAs === 'line' || nameOf(line) !== 'record')
    .map(step => step[stepsAs].trimEnd())
    .reverse()
    .join('\n');
  return (
    <div class="steps">
      <div class="row">
        <ButtonGroup label={t('shownAs')}>
          <button type="button" aria-pressed={stepsAs === 'line'} onClick={() => prefer({ stepsAs: 'line' })}>
            {t('commands')}
          </button>
          <button type="button" aria-pressed={stepsAs === 'yaml'} onClick={() => prefer({ stepsAs: 'yaml' })}>
            {t('scenario')}
          </button>
        </ButtonGroup>
        <CopyButton text={all} what={t('allOfIt')} />
        <Recording />
      </div>
      {newestFirst.length === 0 && <p class="empty">{t('nothingYet')}</p>}
      <ol>
        {newestFirst.map(step => (
          <Step key={step.id} step={step} as={stepsAs} />
        ))}
      </ol>
    </div>
  );
}

function Step({ step, as }: { readonly step: CommandDone; readonly as: 'line' | 'yaml' }) {
  const { state, preferences, run, t } = usePanel();
  const { mood, text } = outcomeText(step.outcome, preferences.language);
  const answer = answerOf(step.outcome, preferences.language, state.vocabulary);
  return (
    <li>
      <div class="what">
        <code>{step[as].trimEnd()}</code>
        <CopyButton text={step[as]} what={step.line} />
        {nameOf(step.line) !== 'picture' && (
          <button
            type="button"
            class="copy"
            aria-label={`${t('again')}: ${step.line}`}
            title={t('again')}
            onClick={() => void run(step.line)}
          >
            <Icon name="again" />
          </button>
        )}
      </div>
      <p>
        <time>{timeOf(step.at)}</time> <span class={`mood ${mood}`}>{text}</span>
      </p>
      {answer !== undefined && (
        <details>
          <summary>{t('answer')}</summary>
          <pre>{answer.join('\n')}</pre>
        </details>
      )}
    </li>
  );
}

function Recording() {
  const { state, t } = usePanel();
  return (
    <>
      {state.isRecording ? (
        <CommandButton class="recording" line="record stop">
          {t('recordStop')}
        </CommandButton>
      ) : (
        <CommandButton line="record start">{t('recordStart')}</CommandButton>
      )}
      <Word means="recording">?</Word>
      <a class="button" href="/api/recording.yaml" download="scenario.yaml">
        {t('save')}
      </a>
    </>
  );
}
