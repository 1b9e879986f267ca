/** Script mode: each command is answered by exactly one JSON line. */
import { z } from 'zod';
import { printable } from '../kit/printable.ts';
import type { Answered } from './answer.ts';
import { type Command, Refusal, refusalCodes } from './command.ts';
import type { Language } from './language.ts';

const refusal = z.object({
  ok: z.literal(false),
  /** Null where there is no such command. */
  command: z.string().nullable(),
  error: z.object({
    code: z.enum(refusalCodes),
    /** For people, in the session's language; it may change. */
    message: z.string(),
  }),
});

/** The shape of every line that a command is answered by. */
export function lineSchema({ name, schema }: Command) {
  return z.union([z.object({ ok: z.literal(true), command: z.literal(name), data: schema }), refusal]);
}

/** The shape of a line that answers no command. */
export const refusalSchema = refusal;

/** @returns one line of JSON, without its end */
export function jsonLine({ command, result }: Answered, language: Language): string {
  const name = command?.name ?? null;
  if (command === undefined || result instanceof Refusal) return refusedLine(name, result, language);
  const data = command.schema.safeParse(result);
  if (!data.success) return refusedLine(name, notAsItsSchema(data.error), language);
  return asLine({ ok: true, command: name, data: data.data });
}

function refusedLine(command: string | null, result: unknown, language: Language): string {
  const { code, message } = result as Refusal;
  return asLine({ ok: false, command, error: { code, message: message[language] } });
}

/** A fault of the firmware's own: the text form has it all the same. */
function notAsItsSchema(error: z.ZodError): Refusal {
  const where = error.issues.map(({ path }) => path.join('.')).join(', ');
  return new Refusal(
    'failed',
    `the answer is not as its schema says: ${where}`,
    `应答不符合其格式：${where}`,
  );
}

function asLine(value: z.infer<typeof refusal> | object): string {
  return printable(JSON.stringify(value));
}
