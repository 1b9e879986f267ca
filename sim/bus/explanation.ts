/** Reads what the console's `explain` prints as data: columns of a name and a value, in the order of the checks. */

export interface ExplainedCheck {
  readonly ok: boolean;
  readonly check: string;
  readonly detail: string;
}

export interface Explanation {
  readonly checks: readonly ExplainedCheck[];
  /** What the console said beside it, as of a code that is nobody's. */
  readonly notes: readonly string[];
  /** `presented`, `token`, `seen`, `link`, `phase`, `verdict`, `fare`, `journal`, `shown`, `took`, as far as they are there. */
  readonly [field: string]: unknown;
}

const results: Readonly<Record<string, boolean>> = { ok: true, FAILED: false };

export function readExplanation(text: string): Explanation {
  const rows = text.split('\n').flatMap(line => {
    const [, name, value] = /^(\S+)\s{2,}(.*)$/.exec(line) ?? [];
    return name === undefined || value === undefined ? [] : [{ name, value: value.trim() }];
  });
  const checks = rows.flatMap(({ name, value }) => {
    const ok = results[name];
    return ok === undefined ? [] : [{ ok, ...checkOf(value) }];
  });
  const others = rows.filter(({ name }) => results[name] === undefined);
  return {
    ...Object.fromEntries(others.flatMap(({ name, value }) => fieldsOf(name, value))),
    checks,
    notes: text.split('\n').flatMap(line => /^note: (.*)$/.exec(line)?.slice(1) ?? []),
  };
}

function checkOf(value: string): Omit<ExplainedCheck, 'ok'> {
  const [, check = value, detail = ''] = /^([^:]+): (.*)$/s.exec(value) ?? [];
  return { check, detail };
}

/** What a program would have to take apart again comes in parts, numbers as numbers. */
function fieldsOf(name: string, value: string): readonly (readonly [string, unknown])[] {
  switch (name) {
    case 'presented': {
      const [, kind = value, reader, time = ''] = /^(.*?) at (.*?), (.*)$/.exec(value) ?? [];
      const at = isoOf(time);
      return [
        ['medium', kind],
        ...(reader ? [['reader', reader] as const] : []),
        ...(at ? [['at', at] as const] : []),
      ];
    }
    case 'token':
      return [[name, /^[0-9a-f]+$/.test(value) ? value : null]];
    case 'verdict': {
      const [, verdict = value, why] = /^(\S+) \((.*)\)$/.exec(value) ?? [];
      return [
        [name, verdict],
        ...(why === undefined ? [] : [[verdict === 'abnormal' ? 'status' : 'reason', why] as const]),
      ];
    }
    case 'fare': {
      const [, yuan] = /^(\d+\.\d\d) yuan$/.exec(value) ?? [];
      return [
        ['fareTaken', yuan !== undefined],
        ...(yuan === undefined ? [] : [['fareFen', Math.round(Number(yuan) * 100)] as const]),
      ];
    }
    case 'paid': {
      const [, yuan] = /^(\d+\.\d\d) yuan/.exec(value) ?? [];
      return [
        [name, value],
        ...(yuan === undefined ? [] : [['paidFen', Math.round(Number(yuan) * 100)] as const]),
      ];
    }
    case 'journal': {
      const [, seq] = /^seq (\d+)$/.exec(value) ?? [];
      return [['seq', seq === undefined ? null : Number(seq)]];
    }
    case 'link':
      return [[name, linkOf(value)]];
    case 'denied':
      return [[name, true]];
    case 'shown': {
      const [passenger, crew] = value.split(' / crew: ');
      return [[name, { passenger, crew }]];
    }
    case 'took':
      return [['tookMs', Number.parseFloat(value)]];
    default:
      return [[name, value]];
  }
}

/** @returns null where it was not looked up */
function linkOf(value: string): object | null {
  const [, unavailable] = /^no data: (.*)$/.exec(value) ?? [];
  if (unavailable !== undefined) return { unavailable };
  const linksAsOf = isoOf(/links as of (.*)$/.exec(value)?.[1] ?? '');
  if (linksAsOf === undefined) return null;
  const [, status, at = ''] = /^(\S+), status as of (.*?), /.exec(value) ?? [];
  return status === undefined
    ? { found: false, linksAsOf }
    : { found: true, status, statusAsOf: isoOf(at), linksAsOf };
}

/** `2022-05-23 05:30:00 +08:00` */
function isoOf(time: string): string | undefined {
  const [, day, hours, zone] = /^(\d{4}-\d\d-\d\d) (\S+) (\S+)$/.exec(time) ?? [];
  return day && `${day}T${hours}${zone}`;
}
