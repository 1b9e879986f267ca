/** What the policy that is being published says about freshness, and how often the back office has to renew data for it. */
import { existsSync, statSync } from 'node:fs';
import { type Policy, pilotPolicy } from '../../device/core/policy.ts';
import { readPolicy } from '../../device/settings/policy-file.ts';

/** Asking the source, publishing and the validators' polling share the time in which data stays fresh. */
const renewalsInTime = 4;

/** In milliseconds; read anew after each change of the policy. */
export interface Pace {
  /** An older status is not believed. */
  readonly statusMaxAgeMs: number;
  /** Statuses are asked for at least this often. */
  readonly askEveryMs: number;
  /** Versions are published at least this often. */
  readonly publishEveryMs: number;
}

/**
 * @param given the policy to publish from now on
 * @param published where the last published policy lies, which stays where none is given
 * @throws FileProblems where the policy cannot be read now; later the last good one counts
 */
export function paceOfPolicy(given: string | undefined, published: string): Pace {
  const policy = followPolicy(() => given ?? (existsSync(published) ? published : undefined));
  policy();
  const ages = () => policy().freshness;
  return {
    get statusMaxAgeMs() {
      return ages().statusMaxAgeS * 1000;
    },
    get askEveryMs() {
      return (ages().statusMaxAgeS * 1000) / renewalsInTime;
    },
    get publishEveryMs() {
      const { statusMaxAgeS, linksMaxAgeS } = ages();
      return (Math.min(statusMaxAgeS, linksMaxAgeS) * 1000) / renewalsInTime;
    },
  };
}

function followPolicy(fileNow: () => string | undefined): () => Policy {
  let policy: Policy | undefined;
  let known: string | undefined;
  return () => {
    const file = fileNow();
    if (file === undefined) return pilotPolicy;
    const mark = markOf(file);
    if (policy !== undefined && mark === known) return policy;
    try {
      policy = readPolicy(file);
    } catch (error) {
      // The next publication tells what is wrong with it.
      if (policy === undefined) throw error;
    }
    known = mark;
    return policy;
  };
}

/** Another one for each change of the file. */
function markOf(file: string): string | undefined {
  const stat = statSync(file, { throwIfNoEntry: false });
  return stat && [file, stat.ino, stat.mtimeMs, stat.size].join();
}
