import { statfsSync } from 'node:fs';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { ServedShop } from './served-shop.ts';

/** What Prometheus is told. Names and units are those of its conventions. */
export interface Metrics {
  readonly registry: Registry;
  readonly requestSeconds: Histogram<'method' | 'route' | 'status'>;
}

/** From a cached row to a long question, seconds. */
const REQUEST_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
/** From memory that calls itself a disk to a disk that is overloaded. */
const SYNC_SECONDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5];
/** From a batch of one event to a history that is closed at once. */
const PHASE_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

/** The metrics of a served shop; values are read when they are asked for. */
export function metricsOf(served: ServedShop): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  countersOf(served, registers);
  gaugesOf(served, registers);
  const { open, collector } = served;
  const syncSeconds = new Histogram({
    name: 'footfall_journal_sync_seconds',
    help: 'From the first byte of a group of journal records until the disk has them',
    buckets: SYNC_SECONDS,
    registers,
  });
  const writtenBytes = new Counter({
    name: 'footfall_journal_written_bytes_total',
    help: 'Bytes that the journal has written since the start',
    registers,
  });
  collector.onSync((bytes, seconds) => {
    syncSeconds.observe(seconds);
    writtenBytes.inc(bytes);
  });
  const phaseSeconds = new Histogram({
    name: 'footfall_engine_phase_seconds',
    help: 'How long the engine took to take a batch in, to close what is due, to write a checkpoint',
    labelNames: ['phase'],
    buckets: PHASE_SECONDS,
    registers,
  });
  open.engine.onPhase = (phase, seconds) => phaseSeconds.observe({ phase }, seconds);
  const requestSeconds = new Histogram({
    name: 'footfall_http_request_duration_seconds',
    help: 'From a request to its answer',
    labelNames: ['method', 'route', 'status'],
    buckets: REQUEST_SECONDS,
    registers,
  });
  return { registry, requestSeconds };
}

function countersOf({ open: { shop } }: ServedShop, registers: Registry[]): void {
  const counter = (name: string, help: string, value: () => number): void => {
    new Counter({
      name: `footfall_${name}`,
      help,
      registers,
      collect() {
        this.reset();
        this.inc(value());
      },
    });
  };
  counter('events_total', 'Events in the shop', () => shop.ingest.events);
  counter('events_rejected_total', 'Events in quarantine', () => shop.ingest.rejected);
  counter('events_duplicate_total', 'Copies that were left out', () => shop.ingest.duplicates);
  counter('events_late_total', 'Events that came after the watermark', () => shop.ingest.late);
  counter('events_unconverted_total', 'Events with money of another currency without a rate', () => shop.unconverted);
  counter('batches_total', 'Ingest transactions', () => shop.ingest.batch);
  counter('epochs_total', 'Finalizer transactions', () => shop.final.epoch);
}

function gaugesOf({ open, hub, collector, vitals, notReady, version, now }: ServedShop, registers: Registry[]): void {
  const gauge = (name: string, help: string, value: () => number): void => {
    new Gauge({
      name: `footfall_${name}`,
      help,
      registers,
      collect() {
        this.set(value());
      },
    });
  };
  const { shop, folder } = open;
  gauge('generation', 'Rises when the database was lost or rebuilt', () => shop.generation);
  gauge('watermark_lag_seconds', 'Wall clock less watermark', () =>
    shop.ingest.watermark === null ? 0 : (now() - shop.ingest.watermark) / 1e6,
  );
  gauge('journal_backlog_rows', 'Rows that wait to be taken in', () => collector.backlog);
  gauge('live_listeners', 'Listeners to the live stream', () => hub.size);
  gauge('ready', '1 when events can be sent and rows be read', () => (notReady().length === 0 ? 1 : 0));
  gauge(
    'main_thread_held_seconds',
    'How much later than it should the main thread came to look, at the last look',
    () => vitals().heldFor / 1000,
  );
  gauge('disk_free_bytes', 'Free to this user on the disk of the data folder', () => {
    const { bavail, bsize } = statfsSync(folder.path);
    return bavail * bsize;
  });
  new Gauge({
    name: 'footfall_stalled_seconds',
    help: 'For how long work has not come further though something waits for it; 0 while it may be',
    labelNames: ['work'],
    registers,
    collect() {
      for (const work of ['intake', 'closing', 'journal'] as const)
        this.set({ work }, (vitals().stalled.get(work) ?? 0) / 1000);
    },
  });
  new Gauge({
    name: 'footfall_build_info',
    help: 'Always 1; the versions are its labels',
    labelNames: ['version', 'node'],
    registers,
  }).set({ version, node: process.versions.node }, 1);
}
