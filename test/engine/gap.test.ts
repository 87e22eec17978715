import fc from 'fast-check';
import { expect, test } from 'vitest';
import { catalog, catalogFor } from '../../shop/views/catalog.ts';
import { minutes } from '../../src/core/time.ts';
import { streams } from '../oracle/arbitrary.ts';
import { asSegments, differences, expectedTables } from './differences.ts';
import { SEED } from './soak.ts';
import { TestShop } from './test-shop.ts';

test('the gap changes what the session views mean, and nothing else', () => {
  const changed = catalogFor(minutes(45)).filter(({ fingerprint }, i) => fingerprint !== catalog[i]?.fingerprint);
  expect(changed.map(({ name }) => name)).toEqual([
    'user_session_analytics',
    'journeys',
    'inactivity_sessions',
    'cart_abandonment',
  ]);
});

/** Below, at and just above the steps that people take in the streams. */
const GAPS = [1, minutes(5), minutes(30) - 1, minutes(61), minutes(26 * 60)];

test('sessions, active periods and funnels follow another gap, whether or not all was closed before', {
  timeout: 120_000,
}, async () => {
  for (const [i, stream] of fc.sample(streams({ maxEvents: 40 }), { seed: SEED, numRuns: GAPS.length }).entries()) {
    const gap = GAPS[i] ?? 0;
    const shop = await TestShop.open({ zone: stream.settings.zone });
    try {
      const { products = [], users = [], rates = [], counts = [] } = stream.facts;
      if (products.length > 0) await shop.loadDimension('product', products);
      if (users.length > 0) await shop.loadDimension('user', asSegments(users));
      if (rates.length > 0)
        await shop.loadDimension(
          'rates',
          rates.map((rate) => ({ ...rate })),
        );
      if (counts.length > 0)
        await shop.loadDimension(
          'stock',
          counts.map((count) => ({ ...count })),
        );
      await shop.give(stream.events);
      await shop.finalize(i % 2 === 0);
      shop.views = catalogFor(gap);
      await shop.reopen();
      await shop.reopen();
      await shop.finalize(true);
      const expected = expectedTables(stream.events, stream.facts, { ...stream.settings, gapMicros: gap });
      expect(differences(expected, await shop.tables()), `FOOTFALL_SEED=${SEED}, gap ${gap}`).toEqual([]);
      expect(await shop.verify()).toMatchObject({ equal: true });
    } finally {
      await shop.close();
    }
  }
});
