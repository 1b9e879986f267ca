/** `explain`: the next medium presented, every check made on it, the verdict and why. */
import { z } from 'zod';
import type { Presented } from '../../tap/tap-report.ts';
import { command, type Dialogue, Refusal } from '../command.ts';
import type { ConsoleContext } from '../context.ts';
import { describe, explanation } from '../explanation.ts';
import { tellExplanation } from '../explanation-text.ts';
import { notesOf, noteText } from './status.ts';

const waitMs = 120_000;

export const explain = command({
  name: 'explain',
  usage: '',
  example: 'explain',
  help: {
    en: 'waits for the next medium presented and explains its verdict',
    zh: '等待下一张卡或码，逐项说明核验结果',
  },
  access: 'technician',
  schema: z.object({ explanation, notes: z.array(z.string()) }),
  async run({ validator, parts }, _args, dialogue, signal) {
    dialogue.say(
      `present a card or a code within ${waitMs / 1000} s (Ctrl-C ends the wait)`,
      `请在 ${waitMs / 1000} 秒内刷卡或扫码（Ctrl-C 结束等待）`,
    );
    const notes = watchNotes({ parts }, dialogue);
    const presented = await nextPresented(validator, signal);
    notes.stop();
    if (presented instanceof Refusal) return presented;
    return { explanation: describe(presented), notes: [...notes.said] };
  },
  tell: ({ explanation }, language) => tellExplanation(explanation, language),
});

function nextPresented(
  validator: ConsoleContext['validator'],
  signal: AbortSignal,
): Promise<Presented | Refusal> {
  return new Promise(resolve => {
    const end = (result: Presented | Refusal) => {
      clearTimeout(timer);
      stopListening();
      signal.removeEventListener('abort', onAbort);
      resolve(result);
    };
    const onAbort = () => end(new Refusal('aborted', 'no longer waiting', '不再等待'));
    const timer = setTimeout(
      () => end(new Refusal('timeout', 'nothing was presented', '没有卡或码')),
      waitMs,
    );
    const stopListening = validator.onTap(end);
    signal.addEventListener('abort', onAbort);
  });
}

/** Says each note of the code readers once: what a scanner sends may be nobody's presentation. */
function watchNotes(context: Pick<ConsoleContext, 'parts'>, { say }: Dialogue) {
  const said = new Set<string>();
  const look = () => {
    for (const note of notesOf(context, ['code-reader']).map(noteText)) {
      if (!said.has(note)) say(`note: ${note}`, `提示：${note}`);
      said.add(note);
    }
  };
  look();
  return { said, stop: context.parts.onChange(look) };
}
