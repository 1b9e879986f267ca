/** Keeps what is done from `record start` to `record stop`, as a scenario. */
import { WrongUsage } from '../../device/kit/errors.ts';
import type { BusEvent } from '../bus/commands/command.ts';
import {
  type Beginning,
  expectingStep,
  type Step,
  scenarioText,
} from '../scenarios/format/write-scenario.ts';

export interface Recording {
  readonly isOn: boolean;
  /** @param state `start` or `stop`. @throws WrongUsage */
  control(state: string): BusEvent;
  /** Adds a command that was carried out. @param startedAt in milliseconds, like `endedAt` */
  add(line: string, outcome: BusEvent, startedAt: number, endedAt: number): void;
  /** The scenario's YAML; undefined if nothing has been done. */
  text(): string | undefined;
}

export const recordHelp = {
  command: 'record start|stop',
  help: 'keep what is done from now on, as a scenario',
};

/** The most a scenario may have. */
const maxSteps = 1000;
/** A tester's longer pauses are cut: no scenario needs them. */
const maxPauseS = 10;
/** Commands that change nothing are left out. */
const readingCommands = ['help', 'list', 'screens', 'code', 'inbox'];

/** @param beginning called at each start */
export function createRecording(beginning: () => Beginning): Recording {
  let began: Beginning | undefined;
  let steps: Step[] = [];
  let isOn = false;
  let lastAt = 0;

  return {
    get isOn() {
      return isOn;
    },
    control(state) {
      if (state !== 'start' && state !== 'stop') throw new WrongUsage('record: start or stop is expected');
      if (state === 'start' && isOn) throw new WrongUsage('record: it is being recorded already');
      if (state === 'stop' && !isOn) throw new WrongUsage('record: nothing is being recorded');
      isOn = state === 'start';
      if (isOn) {
        began = beginning();
        steps = [];
        lastAt = 0;
      }
      return { event: 'recording', state, steps: steps.length };
    },
    add(line, outcome, startedAt, endedAt) {
      const [name = ''] = line.trim().split(/\s+/);
      if (!isOn || steps.length >= maxSteps || readingCommands.includes(name)) return;
      const pauseS = Math.min(maxPauseS, Math.floor((startedAt - lastAt) / 1000));
      if (lastAt > 0 && pauseS > 0 && steps.length < maxSteps - 1) steps.push({ wait: pauseS });
      steps.push(expectingStep(line, outcome));
      lastAt = endedAt;
    },
    text: () => (began === undefined || steps.length === 0 ? undefined : scenarioText(began, steps)),
  };
}
