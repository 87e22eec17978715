import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { serving } from './serving.ts';

const shop = serving(['ingest', 'read']);

interface Metric {
  readonly name: string;
  readonly type: string;
  readonly help: string;
  readonly samples: readonly { readonly name: string; readonly labels: string; readonly value: number }[];
}

/** Reads the text format; whatever is not of it is an error. */
function metricsIn(text: string): readonly Metric[] {
  const metrics = new Map<string, { type: string; help: string; samples: Metric['samples'][number][] }>();
  const of = (name: string) => {
    const known = metrics.get(name) ?? { type: '', help: '', samples: [] };
    metrics.set(name, known);
    return known;
  };
  for (const line of text.split('\n').filter((each) => each !== '')) {
    const [, kind, about, rest = ''] = /^# (HELP|TYPE) (\S+) (.*)$/.exec(line) ?? [];
    if (kind === 'HELP') of(about ?? '').help = rest;
    else if (kind === 'TYPE') of(about ?? '').type = rest;
    else {
      const [, name = '', labels = '', value = ''] = /^([a-zA-Z_:][\w:]*)(\{.*\})? (\S+)$/.exec(line) ?? [];
      if (name === '') throw new Error(`no sample: ${line}`);
      const family = [name, name.replace(/_(bucket|sum|count)$/, '')].find(
        (each) => metrics.get(each)?.type !== undefined,
      );
      of(family ?? name).samples.push({ name, labels, value: Number(value) });
    }
  }
  return [...metrics].map(([name, metric]) => ({ name, ...metric }));
}

const read = async (): Promise<readonly Metric[]> =>
  metricsIn(await (await shop.fetch('/metrics', { as: 'read' })).text());

/** Base units, and what is no unit: https://prometheus.io/docs/practices/naming/ */
const OTHER_UNITS = /_(milliseconds|ms|microseconds|minutes|hours|days|kilobytes|kb|mb|percent)(_|$)/;

test('metrics are what Prometheus takes them for, in its units', async () => {
  const metrics = await read();
  const own = metrics.filter(({ name }) => name.startsWith('footfall_'));
  expect(own.length).toBeGreaterThan(15);
  for (const { name, type, help, samples } of own) {
    expect([name, help]).toEqual([name, expect.stringMatching(/^[A-Z0-9].+[^.]$/)]);
    expect([name, type]).toEqual([name, expect.stringMatching(/^(counter|gauge|histogram)$/)]);
    expect([name, type === 'counter']).toEqual([name, name.endsWith('_total')]);
    expect(name).not.toMatch(OTHER_UNITS);
    expect(name).toMatch(/^[a-z][a-z0-9_]*$/);
    for (const { value } of samples) expect([name, Number.isNaN(value)]).toEqual([name, false]);
    if (type === 'histogram') expect(name).toMatch(/_seconds$/);
  }
});

test('the documentation lists them all, each with its type', async () => {
  const page = readFileSync(new URL('../../docs/operation.md', import.meta.url), 'utf8');
  const told = [...page.matchAll(/^\| `(footfall_\w+)` \| (\w+) \|/gm)].map(([, name, type]) => `${name} ${type}`);
  const own = (await read()).filter(({ name }) => name.startsWith('footfall_'));
  expect(told.sort()).toEqual(own.map(({ name, type }) => `${name} ${type}`).sort());
});

test('what is written, taken in and asked shows in them', async () => {
  const before = await read();
  const event = { event_id: 'one', event_time: new Date().toISOString(), event_type: 'view' };
  expect((await shop.send(event)).status).toBe(200);
  await expect
    .poll(async () => sampleOf(await read(), 'footfall_events_total'), { timeout: 10_000 })
    .toBe(sampleOf(before, 'footfall_events_total') + 1);
  const after = await read();
  for (const name of [
    'footfall_journal_sync_seconds_count',
    'footfall_journal_written_bytes_total',
    'footfall_engine_phase_seconds_count{phase="ingest"}',
    'footfall_http_request_duration_seconds_count{method="POST",route="/v1/events",status="200"}',
  ])
    expect([name, sampleOf(after, name) > sampleOf(before, name)]).toEqual([name, true]);
  expect(sampleOf(after, 'footfall_ready')).toBe(1);
  expect(sampleOf(after, 'footfall_disk_free_bytes')).toBeGreaterThan(0);
  expect(
    after.flatMap(({ samples }) => samples).filter(({ name }) => name === 'footfall_stalled_seconds'),
  ).toHaveLength(3);
});

/** Of a sample, with its labels; 0 while there is none. */
const sampleOf = (metrics: readonly Metric[], sample: string): number =>
  metrics.flatMap(({ samples }) => samples).find(({ name, labels }) => `${name}${labels}` === sample)?.value ?? 0;
