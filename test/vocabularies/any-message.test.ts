import fc from 'fast-check';
import { expect, test } from 'vitest';
import { canonical } from '../../shop/vocabularies/canonical.ts';
import { ga4 } from '../../shop/vocabularies/wire/ga4.ts';
import { segment } from '../../shop/vocabularies/wire/segment.ts';
import { shopify } from '../../shop/vocabularies/wire/shopify.ts';
import { snowplow } from '../../shop/vocabularies/wire/snowplow.ts';
import { answerOf } from '../../src/runtime/collect/verdicts.ts';
import type { WireForm } from '../../src/source/wire/wire-form.ts';
import { WireParser } from '../../src/source/wire/wire-parser.ts';
import { parseWire } from '../../src/source/wire/wire-value.ts';
import { ga4Story } from './ga4-story.ts';
import { segmentStory } from './segment-story.ts';
import { shopifyStory } from './shopify-story.ts';
import { snowplowStory } from './snowplow-story.ts';
import { ARRIVAL } from './story.ts';

const FORMS: readonly (readonly [WireForm, readonly object[]])[] = [
  [segment, Object.values(segmentStory)],
  [ga4, Object.values(ga4Story)],
  [shopify, Object.values(shopifyStory)],
  [snowplow, Object.values(snowplowStory)],
];

type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

/** Names that objects have of themselves, and that canonical events have. */
const NAMES = [
  '__proto__',
  'constructor',
  'toString',
  'properties',
  'event_type',
  'brand',
  'products',
  'items',
  'rawJSON',
];
const anyValue = fc.oneof(
  fc.jsonValue({ maxDepth: 3 }) as fc.Arbitrary<Json>,
  fc.constantFrom<Json>(-1, 1e300, 0.1 + 0.2, '\ud800', '2026-03-01', 'Order Completed', [null], [[], 7, {}]),
  fc
    .tuple(fc.constantFrom(...NAMES), fc.jsonValue({ maxDepth: 1 }) as fc.Arbitrary<Json>)
    .map(([name, value]) => JSON.parse(`{${JSON.stringify(name)}:${JSON.stringify(value)}}`) as Json),
);

/** Every place of a value that something else could stand in. */
function placesOf(value: Json, at: readonly (string | number)[] = []): (readonly (string | number)[])[] {
  const inner = typeof value !== 'object' || value === null ? [] : Object.entries(value);
  return [at, ...inner.flatMap(([name, each]) => placesOf(each, [...at, Array.isArray(value) ? Number(name) : name]))];
}

function replaced(value: Json, [first, ...rest]: readonly (string | number)[], by: Json): Json {
  if (first === undefined) return by;
  if (Array.isArray(value)) return value.map((each, i) => (i === first ? replaced(each, rest, by) : each));
  return Object.fromEntries(
    Object.entries(value as { [key: string]: Json }).map(([name, each]) => [
      name,
      name === first ? replaced(each, rest, by) : each,
    ]),
  );
}

test.each(FORMS.map(([form, bodies]) => [form.name, form, bodies] as const))(
  '%s: whatever is sent, every message has a verdict and every event is kept or refused',
  (_, form, bodies) => {
    const parser = new WireParser(form, canonical, 'journal');
    const body = fc.oneof(
      anyValue,
      fc.tuple(fc.constantFrom(...(bodies as Json[])), fc.nat(), anyValue).map(([message, place, value]) => {
        const places = placesOf(message);
        return replaced(message, places[place % places.length] ?? [], value);
      }),
    );
    fc.assert(
      fc.property(body, (value) => {
        // What holds no messages is refused as a whole.
        const bytes = new TextEncoder().encode(JSON.stringify(value));
        const wire = parseWire(bytes);
        if (wire === undefined || form.messages(wire) === null) return;
        const parsed = parser.parse(bytes, ARRIVAL);
        if (parsed === null) return;
        const { accepted, duplicate, rejected, events } = answerOf(parsed);
        expect(events).toHaveLength(parsed.messages?.length ?? -1);
        expect(accepted + duplicate + rejected).toBe(events.length);
        expect(parsed.batch.count + parsed.batch.rejected.length).toBe(parsed.rows);
        // A place that is told is a place: the value is there, or what is missing would be.
        for (const verdict of events)
          if (verdict.status === 'rejected')
            expect(verdict.pointer === '' || verdict.pointer.startsWith('/')).toBe(true);
      }),
      { numRuns: 600 },
    );
  },
);

test.each([
  ['digits', '{"type":"track","event":"Product Viewed","properties":{"product_id":12345678901234567890,"price":0.10}}'],
])('numbers keep their %s', (_, body) => {
  const parsed = new WireParser(segment, canonical, 'journal').parse(new TextEncoder().encode(body), ARRIVAL);
  expect(new TextDecoder().decode(parsed?.line(0))).toContain('"product_id":12345678901234567890,"price":0.10');
});

test('products that repeat a long message are refused as a whole, and soon', () => {
  const products = Array.from({ length: 100_000 }, () => '{}').join(',');
  const body = `{"type":"track","event":"x","properties":{"text":"${'x'.repeat(50_000)}","products":[${products}]}}`;
  const parse = () => new WireParser(segment, canonical, 'journal').parse(new TextEncoder().encode(body), ARRIVAL);
  expect(parse).toThrow(expect.objectContaining({ code: 'request.too_large' }));
});

test.each([
  ['nested too deep', `${'['.repeat(100_000)}${']'.repeat(100_000)}`],
  ['more than one value', '{} {}'],
  ['cut off', '{"type":"track"'],
  ['a number that is none', '{"a":01}'],
])('a body that is %s is none', (_, body) => {
  const parser = new WireParser(segment, canonical, 'journal');
  expect(parser.parse(new TextEncoder().encode(body), ARRIVAL)).toBeNull();
  expect(parser.parse(new Uint8Array([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]), ARRIVAL)).toBeNull();
});
