/** Metrics of what there is now, looked up at each scrape: service, alarms, clock, what the process has written. */
import { readFileSync } from 'node:fs';
import { Counter, Gauge, type Registry } from 'prom-client';
import { type AlarmCode, alarmCodes } from '../alarms/alarms.ts';
import { serviceOf, services } from '../core/service-screen.ts';
import { timeSources } from '../core/time-belief.ts';
import type { MetricsContext } from './context.ts';

export function tellState(registers: Registry[], context: MetricsContext): void {
  const { version, sm2Engine, parts, time, systemClock = Date.now } = context;
  const gauge = (name: string, help: string, collect: (gauge: Gauge) => void) =>
    new Gauge({
      name: `fare_validator_${name}`,
      help,
      registers,
      collect() {
        collect(this);
      },
    });

  new Gauge({
    name: 'fare_validator_build_info',
    help: 'The firmware; always 1.',
    labelNames: ['version', 'sm2'],
    registers,
  }).set({ version, sm2: sm2Engine }, 1);

  new Gauge({
    name: 'fare_validator_service',
    help: 'What passengers can use now: 1 for that one.',
    labelNames: ['service'],
    registers,
    collect() {
      const now = serviceOf(parts.list());
      for (const service of services) this.set({ service }, Number(service === now));
    },
  });

  new Gauge({
    name: 'fare_validator_alarm',
    help: 'How many parts have the alarm now; docs/alarms/ has a page for each code.',
    labelNames: ['code'],
    registers,
    collect() {
      const active = parts.list().flatMap(({ alarm }) => (alarm === undefined ? [] : [alarm]));
      const countOf = (code: AlarmCode) => active.filter(each => each === code).length;
      for (const code of alarmCodes) this.set({ code }, countOf(code));
    },
  });

  gauge('clock_known', 'Whether the time is believed: 1, or 0.', each => each.set(Number(time.isKnown())));
  gauge('clock_time_seconds', 'The time that the validator goes by, since 1970 UTC.', each =>
    each.set(time.now() / 1000),
  );
  gauge('clock_offset_seconds', 'How far that is ahead of the system’s clock.', each =>
    each.set((time.now() - systemClock()) / 1000),
  );
  new Gauge({
    name: 'fare_validator_clock_source',
    help: 'Who is believed about the time: 1 for that one.',
    labelNames: ['source'],
    registers,
    collect() {
      const { source } = time.state();
      for (const each of timeSources) this.set({ source: each }, Number(each === source));
    },
  });

  new Counter({
    name: 'fare_validator_disk_written_bytes_total',
    help: 'What the firmware has had written to storage since its start, by the kernel’s account.',
    registers,
    collect() {
      this.reset();
      this.inc(bytesWritten());
    },
  });
}

/** `write_bytes` of proc_pid_io(5); 0 where the kernel does not say. */
function bytesWritten(): number {
  try {
    return Number(/^write_bytes: (\d+)$/m.exec(readFileSync('/proc/self/io', 'utf8'))?.[1] ?? 0);
  } catch {
    return 0;
  }
}
