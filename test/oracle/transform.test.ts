import fc from 'fast-check';
import { expect, test } from 'vitest';
import { picks, streams } from './arbitrary.ts';
import { compareRows } from './compare-rows.ts';
import { asRees46, readRees46, writeRees46 } from './csv.ts';
import { writeNdjson } from './ndjson.ts';
import { oracle } from './oracle.ts';
import { REGRESSIONS } from './regressions.ts';
import { TABLE_NAMES } from './table.ts';
import { delay, duplicate, shuffle, split } from './transform.ts';

const examples = REGRESSIONS.map((one): [typeof one.stream, typeof one.picks] => [one.stream, one.picks]);

test('transforms by hand', () => {
  expect(shuffle(['a', 'b', 'c'], [0])).toEqual(['b', 'c', 'a']);
  expect(split(['a', 'b', 'c'], [3, 1])).toEqual([['a'], ['b', 'c'], []]);
  expect(duplicate(['a', 'b', 'c'], [0, 1])).toEqual(['a', 'b', 'a', 'c']);
  expect(delay(['a', 'b', 'c'], [0, 1])).toEqual(['b', 'a', 'c']);
});

test('order, duplicates with ids and delays change no row', () => {
  fc.assert(
    fc.property(streams(), picks(), ({ events, facts, settings }, by) => {
      const straight = oracle(events, facts, settings);
      for (const moved of [shuffle(events, by), duplicate(events, by), delay(events, by), split(events, by).flat()]) {
        const rows = oracle(moved, facts, settings);
        for (const table of TABLE_NAMES) expect(compareRows(table, straight[table], rows[table])).toEqual([]);
      }
    }),
    { examples, numRuns: 60 },
  );
});

test('events are neither lost nor invented: what windows and sessions count is what came', () => {
  fc.assert(
    fc.property(streams({ ids: false }), ({ events, facts, settings }) => {
      const rows = oracle(events, facts, settings);
      const total = (table: (typeof TABLE_NAMES)[number], column: string) =>
        rows[table].reduce((n, row) => n + Number(row[column]), 0);
      const inSessions = events.filter((event) => event.session_id ?? event.user_id ?? event.anonymous_id).length;
      expect(total('event_aggregations', 'event_count')).toBe(events.length);
      expect(total('brand_activity', 'event_count')).toBe(2 * events.length);
      expect(total('hourly_patterns', 'event_count')).toBe(events.length);
      expect(total('user_session_analytics', 'total_events')).toBe(inSessions);
      expect(total('inactivity_sessions', 'event_count')).toBe(inSessions);
      expect(total('conversion_funnel', 'total_sessions')).toBe(rows.user_session_analytics.length);
    }),
    { numRuns: 60 },
  );
});

test('NDJSON holds the event again, with money as its very digits', () => {
  const event = {
    event_time: '2019-10-01T00:00:00Z',
    event_type: 'view',
    price: '33.20',
    brand: null,
    properties: '{"n":1}',
  };
  expect(writeNdjson([event]).toString()).toBe(
    '{"event_time":"2019-10-01T00:00:00Z","event_type":"view","price":"33.20","properties":{"n":1}}\n',
  );
  expect(writeNdjson([event], { money: 'number' }).toString()).toContain('"price":33.20,');
});

test('a REES46 file holds what the format can carry', () => {
  const event = {
    event_time: '2019-10-01T00:00:10.500000Z',
    event_type: 'cart_add',
    brand: 'a "b", c',
    price: '1',
    tax: '2',
  };
  const bytes = writeRees46([event, { ...event, event_time: '2019-10-01T00:00:10Z', brand: 'x' }], { newline: '\r\n' });
  const [, first, second] = bytes.toString().split('\r\n');
  expect(first).toBe('2019-10-01 00:00:10.5 UTC,cart,,,,"a ""b"", c",1,,');
  expect(second).toBe('2019-10-01 00:00:10 UTC,cart,,,,x,1,,');
  const plain = asRees46({ ...event, brand: 'x' });
  expect(readRees46(writeRees46([plain]).toString()).map(asRees46)).toEqual([plain]);
});
