/** The parts of forms: the list of problems, a field with its label, the token, the steps, the button to leave. */
import type { ComponentChildren } from 'preact';
import type { Lang } from '../language.ts';
import type { Problem } from '../session.ts';
import { problemText } from './problem-texts.ts';

export interface FormProps {
  /** The session's token against forged forms. */
  readonly token: string;
  readonly problems: readonly Problem[];
}

interface FieldProps {
  readonly lang: Lang;
  readonly name: Problem['field'];
  readonly label: string;
  readonly hint: string;
  readonly problems: readonly Problem[];
  readonly value?: string;
  readonly type: 'text' | 'tel';
  readonly autocomplete: 'name' | 'tel-national' | 'one-time-code' | 'off';
  readonly maxLength: number;
}

export function Token({ token }: { readonly token: string }) {
  return <input type="hidden" name="_csrf" value={token} />;
}

/** All problems at once, each a link to its field. A browser whose form was refused is sent to this list. */
export function ProblemList({
  lang,
  problems,
}: {
  readonly lang: Lang;
  readonly problems: readonly Problem[];
}) {
  if (problems.length === 0) return null;
  return (
    <section id="problems" class="problems" role="alert" tabIndex={-1} aria-labelledby="problems-title">
      <h2 id="problems-title">{lang === 'zh' ? '请更正后再继续' : 'Please correct this first'}</h2>
      <ul>
        {problems.map(problem => (
          <li key={problem.says}>
            <a href={`#${problem.field}`}>{problemText(lang, problem)}</a>
          </li>
        ))}
      </ul>
    </section>
  );
}

export function Field(props: FieldProps) {
  const { lang, name, label, hint, problems, value = '', type, autocomplete, maxLength } = props;
  const problem = problems.find(({ field }) => field === name);
  const common = {
    id: name,
    name,
    value,
    class: name,
    required: true,
    maxLength,
    autocomplete,
    inputMode: name === 'name' ? 'text' : 'numeric',
    spellcheck: false,
    'aria-describedby': `${name}-hint${problem ? ` ${name}-problem` : ''}`,
    'aria-invalid': problem !== undefined,
  } as const;
  return (
    <div class={problem === undefined ? 'field' : 'field wrong'}>
      <label for={name}>{label}</label>
      <p class="hint" id={`${name}-hint`}>
        {hint}
      </p>
      {problem && (
        <p class="problem" id={`${name}-problem`}>
          {problemText(lang, problem)}
        </p>
      )}
      {type === 'tel' ? <input type="tel" {...common} /> : <input type="text" {...common} />}
    </div>
  );
}

interface ChoiceProps {
  readonly lang: Lang;
  readonly name: 'agree' | 'authorised';
  readonly problems: readonly Problem[];
  readonly children: ComponentChildren;
}

/** A box to tick. */
export function Choice({ lang, name, problems, children }: ChoiceProps) {
  const problem = problems.find(({ field }) => field === name);
  return (
    <div class={problem === undefined ? 'choice' : 'choice wrong'}>
      <input
        id={name}
        name={name}
        type="checkbox"
        value="yes"
        required
        aria-invalid={problem !== undefined}
        aria-describedby={problem && `${name}-problem`}
      />
      <label for={name}>{children}</label>
      {problem && (
        <p class="problem" id={`${name}-problem`}>
          {problemText(lang, problem)}
        </p>
      )}
    </div>
  );
}

const steps = {
  zh: ['填写信息', '输入验证码', '阅读并同意'],
  en: ['Your details', 'SMS code', 'Read and agree'],
};

/** @param at 1, 2 or 3 */
export function Steps({ lang, at }: { readonly lang: Lang; readonly at: number }) {
  return (
    <ol class="steps" aria-label={lang === 'zh' ? '办理步骤' : 'Steps'}>
      {steps[lang].map((step, index) => (
        <li
          key={step}
          class={index + 1 <= at ? 'reached' : ''}
          aria-current={index + 1 === at ? 'step' : undefined}
        >
          <span class="number">{index + 1}</span> {step}
        </li>
      ))}
    </ol>
  );
}

interface LeaveFormProps {
  readonly token: string;
  readonly label: string;
}

/** The button that ends the session, for phones and computers that others use too. */
export function LeaveForm({ token, label }: LeaveFormProps) {
  return (
    <form method="post" action="/leave" class="leave">
      <Token token={token} />
      <button type="submit" class="second">
        {label}
      </button>
    </form>
  );
}
