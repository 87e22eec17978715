import { expect, test } from 'vitest';
import { canonical } from '../../../shop/vocabularies/canonical.ts';
import { batchRows } from '../columns/batch-rows.ts';
import { JsonRequestParser } from '../json-request.ts';
import { completeOrigin, type Origin } from './complete-origin.ts';

const batchOf = (events: readonly object[]) => {
  const body = JSON.stringify(
    events.map((each) => ({ event_time: '2026-03-01T12:00:00Z', event_type: 'page', ...each })),
  );
  const parsed = new JsonRequestParser(canonical, 'journal').parse(new TextEncoder().encode(body), 1.8e15);
  if (parsed === null) throw new Error('no request');
  return parsed.batch;
};
const rule = ({ utm_source, utm_medium, page_url, referrer }: Origin): string | null =>
  page_url === 'none' ? null : [utm_source, utm_medium, page_url, referrer].join('/');

test('channel and country are filled where an event brings none', () => {
  const batch = batchOf([
    { channel: 'email', country: 'DE' },
    { utm_source: 's', utm_medium: 'm', page_url: 'p', referrer: 'r' },
    { page_url: 'none', country: 'FR' },
    { utm_source: 's', channel: 'email' },
  ]);
  const rows = batchRows(completeOrigin(batch, rule, 'AT'), []);
  expect(rows.map(({ channel, country }) => [channel, country])).toEqual([
    ['email', 'DE'],
    ['s/m/p/r', 'AT'],
    [undefined, 'FR'],
    ['email', 'AT'],
  ]);
  // All else is as it was.
  const other = (all: readonly Readonly<Record<string, string>>[]) =>
    all.map(({ channel: _channel, country: _country, ...rest }) => rest);
  expect(other(rows)).toEqual(other(batchRows(batch, [])));
});

test('a batch with nothing to fill stays as it is', () => {
  const batch = batchOf([{ channel: 'email' }, { channel: 'x' }]);
  expect(completeOrigin(batch, rule, null)).toBe(batch);
  expect(completeOrigin(batchOf([]), rule, 'AT').count).toBe(0);
  const none = batchOf([{ page_url: 'none' }]);
  expect(completeOrigin(none, rule, null)).toBe(none);
});
