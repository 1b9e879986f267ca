/** What `check` says: one JSON object. docs/formats/check.md describes it for those who read it. */
import { z } from 'zod';

/** One thing to be mended, in words; where it stands, as far as that can be said. */
const finding = z.strictObject({
  file: z.string().optional(),
  /** Both from 1. */
  line: z.int().min(1).optional(),
  column: z.int().min(1).optional(),
  message: z.string().min(1),
});

/**
 * - `answers`: it was opened with its driver, which is ready
 * - `fault`: the driver says what is wrong
 * - `silent`: neither, within the time
 * - `in-use`: the firmware that is running has it; its console says how it is
 * - `not-asked`: it cannot be asked without being disturbed, or nobody wanted it asked
 */
const hardware = z.strictObject({
  part: z.string(),
  name: z.string(),
  state: z.enum(['answers', 'fault', 'silent', 'in-use', 'not-asked']),
  message: z.string().optional(),
});

const seen = z.strictObject({
  /** All slots of all PC/SC readers; null where pcscd could not be asked. */
  cardReaders: z.array(z.string()).nullable(),
  serialPorts: z.array(z.string()),
  cameras: z.array(z.string()),
  framebuffers: z.array(z.string()),
});

export const checkReport = z.strictObject({
  /** Whether there is no problem: then the exit code is 0, else 2. */
  ok: z.boolean(),
  version: z.string(),
  /** The settings file, as an absolute path. */
  config: z.string(),
  /** Both null where the settings cannot be read. */
  device: z.string().nullable(),
  line: z.string().nullable(),
  /** The process that runs this validator now, if one does. */
  running: z.strictObject({ pid: z.int() }).nullable(),
  /** What a start would refuse, and what would keep it from working whatever is attached. */
  problems: z.array(finding),
  /** It would work all the same. */
  warnings: z.array(finding),
  hardware: z.array(hardware),
  seen,
});

export type CheckReport = z.infer<typeof checkReport>;
export type Finding = z.infer<typeof finding>;
export type PartReport = z.infer<typeof hardware>;
export type SeenDevices = z.infer<typeof seen>;
