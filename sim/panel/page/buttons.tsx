/** Buttons that carry out a command and name it in their tooltip; disabled if the simulator lacks the command. */
import type { ComponentChildren } from 'preact';
import { nameOf } from './completion.ts';
import { usePanel } from './panel-context.ts';

interface CommandButtonProps {
  readonly line: string;
  readonly children: ComponentChildren;
  /** Whether this is the present choice of several. */
  readonly isPressed?: boolean | undefined;
  readonly disabled?: boolean;
  readonly label?: string | undefined;
  readonly class?: string;
  /** Called when the command begins. */
  begun?(): void;
}

export function CommandButton(props: CommandButtonProps) {
  const { knows, run, underWay, t } = usePanel();
  const isBusy = underWay.includes(props.line);
  const isKnown = knows(nameOf(props.line));
  const carryOut = () => {
    props.begun?.();
    void run(props.line);
  };
  return (
    <button
      type="button"
      class={`${props.class ?? ''} ${isBusy ? 'busy' : ''}`}
      disabled={!isKnown || props.disabled}
      aria-pressed={props.isPressed}
      aria-label={props.label}
      title={isKnown ? props.line : `${props.line} (${t('notYet')})`}
      onClick={carryOut}
    >
      {props.children}
    </button>
  );
}

interface ChoiceProps {
  readonly label: string;
  /** Command without its last word. */
  readonly command: string;
  /** Last word → what the button says. */
  readonly options: Readonly<Record<string, string>>;
  /** The present choice; by default what was set last, at first the first. */
  readonly current?: string | undefined;
}

/** A choice of several commands that differ in their last word. */
export function Choice({ label, command, options, current }: ChoiceProps) {
  const { state, knows } = usePanel();
  const words = Object.keys(options);
  const usual = knows(nameOf(command)) ? words[0] : undefined;
  const inForce = current ?? state.settings[command] ?? usual;
  return (
    <ButtonGroup label={label}>
      {Object.entries(options).map(([word, text]) => (
        <CommandButton key={word} line={`${command} ${word}`} isPressed={word === inForce}>
          {text}
        </CommandButton>
      ))}
    </ButtonGroup>
  );
}

interface ButtonGroupProps {
  readonly label: string;
  readonly children: ComponentChildren;
}

/** Buttons side by side, one of them pressed. */
export function ButtonGroup({ label, children }: ButtonGroupProps) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset's legend does not lay out in a row
    <div class="choice" role="group" aria-label={label}>
      {children}
    </div>
  );
}
