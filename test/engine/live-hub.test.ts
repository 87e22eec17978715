import { expect, test } from 'vitest';
import { parseCursor } from '../../src/core/cursor.ts';
import { Reader } from '../../src/engine/read.ts';
import { type Listener, LiveHub } from '../../src/runtime/live/live-hub.ts';
import { until } from '../cli/footfall-process.ts';
import { TestShop } from './test-shop.ts';

/** Hears what it is told, and says that it is too slow from some message on. */
class Heard {
  readonly texts: Uint8Array[] = [];
  dropped = 0;
  ended = 0;
  private readonly patience: number;

  constructor(patience = Number.POSITIVE_INFINITY) {
    this.patience = patience;
  }

  get kinds(): readonly string[] {
    return this.texts.map((text) => /^event: (\w+)/m.exec(Buffer.from(text).toString())?.[1] ?? '');
  }

  as(views: Listener['views']): Listener {
    return {
      views,
      send: (text) => this.texts.push(text) <= this.patience,
      drop: () => {
        this.dropped += 1;
      },
      end: () => {
        this.ended += 1;
      },
    };
  }
}

const event = (event_time: string, brand: string) => ({ event_time, event_type: 'view', user_id: 'u', brand });

test('all listeners are handed the same bytes; one that is too slow is dropped and nobody else notices', async () => {
  const shop = await TestShop.open();
  const hub = new LiveHub(shop.shop, new Reader(shop.shop, await shop.shop.database.connect()), 10);
  try {
    const views = shop.shop.views.filter(({ name }) => name === 'brand_activity');
    await shop.give([event('2020-01-01T00:00:00Z', 'Acme'), event('2020-01-01T01:00:00Z', 'Zeta')]);
    await shop.finalize();
    const many = Array.from({ length: 300 }, () => new Heard());
    const slow = new Heard(2);
    const [first] = many;
    if (first === undefined) throw new Error('nobody listens');
    const leaving = await Promise.all([...many, slow].map((each) => hub.join(each.as(views), null)));
    await until(() => many.every(({ kinds }) => kinds.includes('live')));
    expect(first.kinds[0]).toBe('snapshot');
    for (let n = 0; slow.dropped === 0; n += 1) {
      expect(n).toBeLessThan(50);
      const heard = first.texts.length;
      await shop.give([event('2020-01-01T01:00:01Z', `Brand ${n}`)]);
      await until(() => first.texts.length > heard);
    }
    await until(() => many.every(({ texts }) => texts.length === first.texts.length));
    for (const { texts } of many) expect(texts.every((text, i) => text === first.texts[i])).toBe(true);
    expect([slow.dropped, hub.size]).toEqual([1, many.length]);
    const told = slow.texts.length;

    // Whoever was dropped comes back from where it was, with the others who do.
    const cursor = /^id: (\S+)/m.exec(Buffer.from(slow.texts[0] ?? []).toString())?.[1] ?? '';
    const back = new Heard();
    await hub.join(back.as(views), parseCursor(cursor));
    expect(back.kinds[0]).toBe('changes');
    leaving[0]?.();
    const before = first.texts.length;
    await shop.give([event('2020-01-01T01:00:02Z', 'Last')]);
    await until(() => Buffer.from(back.texts.at(-1) ?? []).includes('Last'));
    expect([slow.texts.length, first.texts.length]).toEqual([told, before]);
    hub.close();
    expect([back.ended, many[1]?.ended, first.ended]).toEqual([1, 1, 0]);
  } finally {
    hub.close();
    await shop.leave();
  }
});
