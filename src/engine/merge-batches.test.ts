import fc from 'fast-check';
import { expect, test } from 'vitest';
import { eventBatch } from '../../test/engine/event-batch.ts';
import type { EventBatch } from '../core/batch.ts';
import type { CanonicalEvent } from '../core/event.ts';
import { BatchBuilder } from '../source/columns/batch-builder.ts';
import { batchRows } from '../source/columns/batch-rows.ts';
import { SymbolTable } from '../source/columns/symbol-table.ts';
import { mergeBatches } from './merge-batches.ts';

const PROGRESS = { partition: 'journal', position: 0, clock: null, ended: false };
const id = () => fc.constantFrom(undefined, '1', '22', 'user', '0190163d-8694-739b-aea5-966c26f8ad91');
const word = () => fc.constantFrom(undefined, 'a', 'b', 'ü');
const event = (): fc.Arbitrary<CanonicalEvent> =>
  fc.record(
    {
      event_time: fc.constant('2020-03-01T00:00:00.000000Z'),
      event_type: fc.constantFrom('view', 'purchase'),
      event_id: word(),
      user_id: id(),
      session_id: id(),
      product_id: word(),
      brand: word(),
      price: fc.constantFrom(undefined, '1.5', '2'),
      quantity: fc.constantFrom(undefined, 2),
      coupon: word(),
      page_url: word(),
    },
    { requiredKeys: ['event_time', 'event_type'] },
  ) as fc.Arbitrary<CanonicalEvent>;

const rowsOf = (batch: EventBatch) => [...batchRows(batch, [])];

test('merged batches say what they said one by one', () => {
  fc.assert(
    fc.property(fc.array(fc.array(event(), { maxLength: 5 }), { minLength: 1, maxLength: 4 }), (requests) => {
      let position = 0;
      const batches = requests.map((events) =>
        eventBatch(
          events.map((each) => ({ event: each, partition: 0, position: position++ })),
          [PROGRESS],
          new SymbolTable([]),
        ),
      );
      const merged = mergeBatches(batches, PROGRESS);
      expect(rowsOf(merged)).toEqual(batches.flatMap(rowsOf));
      expect([...merged.position]).toEqual(Array.from({ length: position }, (_, i) => i));
      expect([...(merged.extra ?? new Uint8Array(position))]).toEqual(
        batches.flatMap(({ extra, count }) => [...(extra ?? new Uint8Array(count))]),
      );
    }),
  );
});

test('refused rows keep their order and how they are to be read', () => {
  const batch = new BatchBuilder(1, new SymbolTable([])).finish([PROGRESS]);
  const rejected = (position: number) => ({
    partition: 0,
    position,
    code: 'event.json',
    pointer: '',
    message: '',
    bytes: new Uint8Array(),
  });
  const shape = {
    format: 'ndjson',
    columns: [],
    numeric: [],
    vocabulary: 'canonical',
    fields: {},
    types: {},
    type: null,
  } as const;
  const merged = mergeBatches(
    [
      { ...batch, rejected: [rejected(0)], shapes: new Map([[0, shape]]) },
      { ...batch, rejected: [rejected(1)] },
    ],
    PROGRESS,
  );
  expect(merged.rejected.map(({ position }) => position)).toEqual([0, 1]);
  expect(merged.shapes?.get(0)).toEqual(shape);
});
