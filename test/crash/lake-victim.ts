/** Gives a shop events and writes its lake, again and again. Arguments: folder, how many times events were given before. */
import type { CanonicalEvent } from '../../src/core/event.ts';
import { NOW, TestShop } from '../engine/test-shop.ts';

const [folder = '', round = '0'] = process.argv.slice(2);
const shop = await TestShop.at(folder);
const lake = await shop.openLake({ mostFiles: 1 });
for (let i = 0; i < 3; i += 1) {
  const events = Array.from({ length: 6 }, (_, j): CanonicalEvent => {
    const time = `2020-01-0${1 + (j % 2)}T0${i}:${String(Number(round)).padStart(2, '0')}:0${j}.000000Z`;
    return { event_id: null, event_time: time, event_type: 'view', product_id: `p-${j}` };
  });
  await shop.give(events);
  await lake.write(NOW);
}
await shop.leave();
