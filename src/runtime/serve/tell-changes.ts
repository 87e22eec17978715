import { Reader } from '../../engine/read.ts';
import { LiveHub } from '../live/live-hub.ts';
import type { Serving } from './serving.ts';

/** Live rows are told so often at most. */
const LIVE_EVERY = 1_000;

/** The live stream. */
export async function tellChanges({ open, ending }: Serving): Promise<LiveHub> {
  const hub = new LiveHub(open.shop, new Reader(open.shop, await open.shop.database.connect()), LIVE_EVERY);
  const held = open.lettingGo.add(async () => hub.forget());
  ending.defer(async () => held());
  ending.defer(async () => hub.close());
  return hub;
}
