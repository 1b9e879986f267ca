/** A newer firmware's settings: what this one does not know of them is left aside, and told. */
import type { z } from 'zod';

export interface KnownPart {
  readonly value: unknown;
  /** As `section.key`. */
  readonly ignored: readonly string[];
}

/** What is wrong with the rest is the schema's to tell. */
export function leaveUnknownAside(schema: z.ZodType, given: unknown): KnownPart {
  const value: unknown = structuredClone(given);
  const ignored: string[] = [];
  // What lies under an unknown key shows only when all that is above it is known.
  for (let found = true; found; ) {
    const issues = schema.safeParse(value).error?.issues ?? [];
    found = false;
    for (const issue of issues) {
      if (issue.code !== 'unrecognized_keys') continue;
      const holder: unknown = issue.path.reduce<unknown>((at, key) => Reflect.get(Object(at), key), value);
      for (const key of issue.keys) {
        found = Reflect.deleteProperty(Object(holder), key) || found;
        ignored.push([...issue.path, key].join('.'));
      }
    }
  }
  return { value, ignored };
}
