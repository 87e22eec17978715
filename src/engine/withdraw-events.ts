import { visitorSql } from '../compile/context.ts';
import { integritySql } from '../compile/integrity.ts';
import { crashPoint } from './crash-point.ts';
import { countUnconverted } from './dimension/reconvert.ts';
import { markChanged } from './mark-changed.ts';
import { noteWithdrawn } from './restate-all.ts';
import type { Shop } from './shop.ts';

export interface Withdrawal {
  readonly events: number;
  /** What is to be done once it is committed. */
  readonly remember: () => void;
}

/**
 * Takes events out of raw, as if they had never come: what was counted and summed at intake goes back by what they were,
 * and what was closed over them is marked. Marks say where events are and not where they were missed, so closed rows are
 * compared with raw after that (`restateAll`). Inside a transaction, while nothing else writes.
 *
 * @param withdrawn table with their `seq`
 */
export async function withdrawEvents(shop: Shop, withdrawn: string, cause: string): Promise<Withdrawal> {
  const { database, context } = shop;
  const visitor = visitorSql(context.widths);
  await database.run(
    `CREATE OR REPLACE TEMP TABLE withdrawn_event AS SELECT seq, batch, event_time, session_id, ${visitor} AS visitor FROM raw WHERE seq IN (SELECT seq FROM ${withdrawn})`,
  );
  const events = Number((await database.one('SELECT count(*) AS n FROM withdrawn_event'))?.['n']);
  if (events === 0) return { events, remember: () => undefined };
  await markChanged(shop, 'withdrawn_event', cause);
  // A session that was open only by what is gone is one that was due long ago: it is looked at from its beginning.
  await database.run(
    `INSERT INTO dirty_session SELECT session_id, any_value(${visitor}), min(event_time), '${cause}', NULL::INTEGER, ${shop.ingest.batch} FROM raw WHERE session_id IN (SELECT session_id FROM withdrawn_event) GROUP BY session_id`,
  );
  const sealed = Number((await database.one('SELECT coalesce(max(last_seq), 0) AS seq FROM intake'))?.['seq']);
  const gone = integritySql('raw', `seq <= ${sealed} AND seq IN (SELECT seq FROM withdrawn_event)`);
  await database.run(
    `INSERT INTO intake SELECT ${shop.final.epoch}, ${sealed}, part, day, -events, -h0, -h1 FROM (${gone})`,
  );
  await database.run('DELETE FROM raw_extra WHERE seq IN (SELECT seq FROM withdrawn_event)');
  await database.run('DELETE FROM raw_event WHERE seq IN (SELECT seq FROM withdrawn_event)');
  await database.run(
    'UPDATE batch SET events = events - w.n FROM (SELECT batch, count(*) AS n FROM withdrawn_event GROUP BY batch) w WHERE batch.batch = w.batch',
  );
  await noteWithdrawn(database, cause);
  const unconverted = await countUnconverted(shop);
  crashPoint('withdraw.rows_deleted');
  return {
    events,
    remember: () => {
      shop.ingest = { ...shop.ingest, events: shop.ingest.events - events };
      shop.unconverted = unconverted;
      shop.withdrawn = cause;
    },
  };
}
