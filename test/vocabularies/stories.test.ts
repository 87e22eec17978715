import { expect, test } from 'vitest';
import { ga4 } from '../../shop/vocabularies/wire/ga4.ts';
import { segment } from '../../shop/vocabularies/wire/segment.ts';
import { shopify } from '../../shop/vocabularies/wire/shopify.ts';
import { snowplow } from '../../shop/vocabularies/wire/snowplow.ts';
import type { WireForm } from '../../src/source/wire/wire-form.ts';
import { ga4Story } from './ga4-story.ts';
import { segmentStory } from './segment-story.ts';
import { shopifyStory } from './shopify-story.ts';
import { snowplowStory } from './snowplow-story.ts';
import { readAs, rowsOf, type Step, without } from './story.ts';

const STORIES: readonly (readonly [WireForm, Readonly<Partial<Record<Step, object>>>])[] = [
  [segment, segmentStory],
  [ga4, ga4Story],
  [shopify, shopifyStory],
  [snowplow, snowplowStory],
];
/** What only some clients say, beside what the story is about. */
const OWN = ['event_id', 'properties'];

const told = STORIES.flatMap(([form, story]) =>
  Object.entries(story).map(([step, body]) => [form.name, step as Step, form, body] as const),
);

test.each(told)('%s: %s becomes the rows of the story', (_, step, form, body) => {
  // Only one vocabulary says how was paid.
  const rows = readAs(form, body).map((row) => without(row, step === 'pay' ? [...OWN, 'payment_method'] : OWN));
  expect(rows).toEqual(rowsOf(step));
});

test('further lines have ids made from that of the message', () => {
  expect(readAs(segment, segmentStory.purchase).map((row) => row['event_id'])).toEqual(['m-purchase', 'm-purchase#1']);
  expect(readAs(shopify, shopifyStory.purchase).map((row) => row['event_id'])).toEqual([
    'sh-purchase',
    'sh-purchase#1',
  ]);
});

test('what a checkout says about its buyer is not kept', () => {
  expect(JSON.stringify(readAs(shopify, shopifyStory.purchase))).not.toMatch(/jane|555|Main/i);
});
