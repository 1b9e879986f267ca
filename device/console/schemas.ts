/** The schemas of script mode as files: one for each command, and one for lines that answer none. */
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { commands } from './commands/commands.ts';
import { lineSchema, refusalSchema } from './script.ts';

const ending = '.schema.json';

/** @returns JSON Schema, draft 2020-12, by file name */
export function schemaFiles(): ReadonlyMap<string, string> {
  const schemas: [string, z.ZodType][] = [
    ...commands.map((command): [string, z.ZodType] => [command.name, lineSchema(command)]),
    ['refusal', refusalSchema],
  ];
  return new Map(
    schemas.map(([name, schema]) => [
      `${name}${ending}`,
      `${JSON.stringify(z.toJSONSchema(schema, { io: 'input' }), null, 2)}\n`,
    ]),
  );
}

/** Writes them all, and removes those of commands that are no more. */
export function writeSchemas(folder: string): void {
  mkdirSync(folder, { recursive: true });
  for (const name of readdirSync(folder)) if (name.endsWith(ending)) rmSync(join(folder, name));
  for (const [name, text] of schemaFiles()) writeFileSync(join(folder, name), text);
}
