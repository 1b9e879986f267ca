/** Asks one question after the other on a terminal, or takes the answers from a pipe. */
import { createInterface } from 'node:readline';
import { WrongUsage } from '../../kit/errors.ts';

export interface Asker {
  /**
   * Asks until the answer will do.
   * @param usual what an empty answer means; undefined where there must be one
   * @param why what is wrong with an answer; undefined for nothing
   * @throws WrongUsage where no more answers come, or none will do
   */
  ask(
    question: string,
    usual: string | undefined,
    why: (answer: string) => string | undefined,
  ): Promise<string>;
  say(text: string): void;
  close(): void;
}

const mostTries = 5;

/** readline's own `question` loses lines that a pipe brings before they are asked for. */
export function createAsker(input: NodeJS.ReadableStream, output: NodeJS.WritableStream): Asker {
  const lines = createInterface({ input, output });
  const answers: string[] = [];
  let isOver = false;
  let wake = () => {};
  lines.on('line', line => {
    answers.push(line.trim());
    wake();
  });
  lines.on('close', () => {
    isOver = true;
    wake();
  });

  async function next(): Promise<string> {
    while (answers.length === 0 && !isOver)
      await new Promise<void>(resolve => {
        wake = resolve;
      });
    const answer = answers.shift();
    if (answer === undefined) throw new WrongUsage('no more answers came: nothing was made');
    return answer;
  }

  return {
    async ask(question, usual, why) {
      for (let tries = 0; tries < mostTries; tries++) {
        output.write(`${question}${usual === undefined || usual === '' ? '' : ` [${usual}]`}: `);
        const answer = (await next()) || usual;
        const problem = answer === undefined ? 'an answer is needed' : why(answer);
        if (answer !== undefined && problem === undefined) return answer;
        output.write(`${problem}\n`);
      }
      throw new WrongUsage(`${question}: no answer would do`);
    },
    say: text => void output.write(`${text}\n`),
    close: () => lines.close(),
  };
}
