/** The metrics' port, where the settings name one; loaded only then. */
import { createMetricsPort } from '../../drivers/metrics-port/metrics-port.ts';
import type { Closer } from '../kit/process.ts';
import type { MetricsContext } from '../metrics/context.ts';
import { createMetrics } from '../metrics/metrics.ts';
import type { Config } from '../settings/config.ts';

type Listen = NonNullable<Config['metrics']>['listen'];

export function openMetrics(listen: Listen, context: MetricsContext, closers: Closer[]): void {
  const metrics = createMetrics(context);
  const port = createMetricsPort('metrics', listen);
  const { contentType } = metrics;
  port.open({
    ...context.parts.add('metrics', 'metrics'),
    metrics: async () => ({ text: await metrics.text(), contentType }),
  });
  closers.push(metrics.close, port.close);
}
