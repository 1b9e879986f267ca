/** All metrics of the validator, as text for Prometheus. Nothing of any passenger, and no label from outside, is among them. */
import { collectDefaultMetrics, Registry } from 'prom-client';
import type { MetricsContext } from './context.ts';
import { tellData } from './data-metrics.ts';
import { watchQueue } from './queue-watch.ts';
import { tellState } from './state-metrics.ts';
import { countTaps } from './tap-metrics.ts';

export interface Metrics {
  readonly contentType: string;
  /** In Prometheus's text format. */
  text(): Promise<string>;
  close(): void;
}

/** How often the event loop's delay is looked at; the package's own 10 ms would wake the processor 100 times a second. */
const eventLoopMonitoringPrecision = 100;
/** Of the package's own, those with names that break Prometheus's conventions (`_total` of what is no counter). */
const misnamed = [
  'nodejs_active_handles_total',
  'nodejs_active_requests_total',
  'nodejs_active_resources_total',
];
/** Who asks more often is told the same again: looking it all up costs the taps' thread some milliseconds. */
const freshMs = 1000;

export function createMetrics(context: MetricsContext): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision });
  for (const name of misnamed) registry.removeSingleMetric(name);
  const queue = watchQueue(context);
  const stopCounting = countTaps([registry], context.validator);
  tellState([registry], context);
  tellData([registry], context, queue);
  let newest: { readonly text: Promise<string>; readonly at: number } | undefined;
  return {
    contentType: registry.contentType,
    text() {
      const at = context.monotonic();
      if (newest === undefined || at - newest.at >= freshMs) newest = { text: registry.metrics(), at };
      return newest.text;
    },
    close() {
      stopCounting();
      queue.stop();
      registry.clear();
    },
  };
}
