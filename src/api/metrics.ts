import { collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { ServedShop } from './served-shop.ts';

/** What Prometheus is told. Names and units are those of its conventions. */
export interface Metrics {
  readonly registry: Registry;
  readonly requestSeconds: Histogram<'method' | 'route' | 'status'>;
}

/** From a cached row to a long question, seconds. */
const BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** The metrics of a served shop; values are read when they are asked for. */
export function metricsOf({ open: { shop }, hub, collector, now }: ServedShop): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const gauge = (name: string, help: string, value: () => number): void => {
    new Gauge({
      name: `footfall_${name}`,
      help,
      registers: [registry],
      collect() {
        this.set(value());
      },
    });
  };
  gauge('events_total', 'Events in the shop', () => shop.ingest.events);
  gauge('events_rejected_total', 'Events in quarantine', () => shop.ingest.rejected);
  gauge('events_duplicate_total', 'Copies that were left out', () => shop.ingest.duplicates);
  gauge('events_late_total', 'Events that came after the watermark', () => shop.ingest.late);
  gauge('events_unconverted_total', 'Events with money of another currency without a rate', () => shop.unconverted);
  gauge('batch', 'Number of the newest ingest transaction', () => shop.ingest.batch);
  gauge('epoch', 'Number of the newest finalizer transaction', () => shop.final.epoch);
  gauge('generation', 'Rises when the database was lost or rebuilt', () => shop.generation);
  gauge('watermark_lag_seconds', 'Wall clock less watermark', () =>
    shop.ingest.watermark === null ? 0 : (now() - shop.ingest.watermark) / 1e6,
  );
  gauge('journal_backlog_rows', 'Rows that wait to be taken in', () => collector.backlog);
  gauge('live_listeners', 'Listeners to the live stream', () => hub.size);
  const requestSeconds = new Histogram({
    name: 'footfall_http_request_duration_seconds',
    help: 'From a request to its answer',
    labelNames: ['method', 'route', 'status'],
    buckets: BUCKETS,
    registers: [registry],
  });
  return { registry, requestSeconds };
}
