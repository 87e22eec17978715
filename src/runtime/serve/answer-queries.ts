import { join } from 'node:path';
import { Reader } from '../../engine/read.ts';
import { Explorer } from '../../explorer/explorer.ts';
import { Queries } from '../explorer/queries.ts';
import { Snapshots } from '../explorer/snapshots.ts';
import type { Serving } from './serving.ts';

/** A query of the explorer is ended after this. */
const QUERY_DEADLINE = 30_000;

/** Queries of strangers, over copies of results. */
export async function answerQueries({ open, ending, now }: Serving): Promise<Queries> {
  const copies = join(open.folder.path, 'explorer');
  const snapshots = new Snapshots(copies, new Reader(open.shop, await open.shop.database.connect()));
  const held = open.lettingGo.add(() => snapshots.forget());
  ending.defer(async () => held());
  const explorer = new Explorer(copies, { deadline: QUERY_DEADLINE });
  ending.defer(async () => explorer.close());
  return new Queries(open, explorer, snapshots, now);
}
