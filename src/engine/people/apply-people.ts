import { TIMESTAMP, VARCHAR } from '@duckdb/node-api';
import { visitorSql } from '../../compile/context.ts';
import { BOT, LINK } from '../../compile/human.ts';
import type { PeopleFact } from '../../journal/fact-log.ts';
import { appendColumns } from '../../store/append.ts';
import { int64Column } from '../columns.ts';
import { keptViews } from '../definitions/beside.ts';
import type { ApplyFact } from '../fact-engine.ts';
import { markChanged } from '../mark-changed.ts';
import type { Shop } from '../shop.ts';
import { insertRows } from '../write-rows.ts';

/** What a fact about visitors came to. */
export interface PeopleChange {
  /** Links or marks that are new, differ or are gone. */
  readonly changed: number;
  /** Events that views which leave bots out count otherwise now. */
  readonly events: number;
}

/** Temporary tables: what the fact says, and what is in force for its visitors before and after it. */
const SAID = 'people_said';
const BEFORE = 'people_before';
const AFTER = 'people_after';
const CHANGED = 'people_changed';

/** The time from which what holds for always is kept: before any event. */
const ALWAYS = 0;
const FOREVER = "TIMESTAMP '9999-12-31'";

/** Puts a fact about visitors in force: of a link from one time, and of marks of one visitor, the later given holds. */
export const applyPeople =
  (shop: Shop, fact: PeopleFact): ApplyFact<PeopleChange> =>
  async (number) => {
    const { database } = shop;
    const kind = fact.says === 'bot' ? BOT : LINK;
    await writeSaid(shop, fact);
    await database.run(
      `CREATE OR REPLACE TEMP TABLE ${BEFORE} AS SELECT * FROM dimension WHERE kind = '${kind}' AND key IN (SELECT key FROM ${SAID})`,
    );
    const replaced = fact.withdrawn
      ? 's.since IS NULL OR s.since = b.valid_from'
      : kind === BOT
        ? 'TRUE'
        : 'coalesce(s.since, make_timestamp(0)) = b.valid_from';
    const kept = `SELECT key, valid_from, attributes, version FROM ${BEFORE} b WHERE NOT EXISTS (SELECT 1 FROM ${SAID} s WHERE s.key = b.key AND (${replaced}))`;
    const attributes = `json_object('user_id', last(person ORDER BY line), 'recorded', ${fact.recorded})::VARCHAR`;
    const start = `coalesce(since, make_timestamp(${ALWAYS}))`;
    const given =
      kind === BOT
        ? `SELECT key, last(${start} ORDER BY line) AS valid_from, ${attributes} AS attributes, ${number} AS version FROM ${SAID} GROUP BY key`
        : `SELECT key, ${start} AS valid_from, ${attributes} AS attributes, ${number} AS version FROM ${SAID} GROUP BY ALL`;
    const rows = fact.withdrawn ? kept : `${kept} UNION ALL ${given}`;
    await database.run(
      `CREATE OR REPLACE TEMP TABLE ${AFTER} AS SELECT '${kind}' AS kind, key, valid_from, coalesce(lead(valid_from) OVER (PARTITION BY key ORDER BY valid_from), ${FOREVER}) AS valid_to, attributes, version FROM (${rows})`,
    );
    await database.run(`DELETE FROM dimension WHERE kind = '${kind}' AND key IN (SELECT key FROM ${SAID})`);
    await insertRows(database, 'dimension', `SELECT * FROM ${AFTER}`);
    const said = (table: string) => `SELECT key, valid_from, attributes ->> 'user_id' AS person FROM ${table}`;
    const differing = await database.one(
      `SELECT count(*) AS n FROM (SELECT DISTINCT key, valid_from FROM ((${said(AFTER)} EXCEPT ${said(BEFORE)}) UNION ALL (${said(BEFORE)} EXCEPT ${said(AFTER)})))`,
    );
    return {
      outcome: { changed: Number(differing?.['n']), events: kind === BOT ? await markBots(shop) : 0 },
    };
  };

async function writeSaid({ database }: Shop, { rows }: PeopleFact): Promise<void> {
  await database.run(
    `CREATE OR REPLACE TEMP TABLE ${SAID} (key VARCHAR, person VARCHAR, since TIMESTAMP, line TIMESTAMP)`,
  );
  const valid = Uint8Array.from(rows, ({ from }) => (from === null ? 0 : 1));
  const since = int64Column(rows.map(({ from }) => from ?? 0));
  await appendColumns(
    database.connection,
    `temp.main.${SAID}`,
    [
      { type: VARCHAR, column: { kind: 'text', values: rows.map(({ visitor }) => visitor) } },
      { type: VARCHAR, column: { kind: 'text', values: rows.map(({ user }) => user ?? null) } },
      { type: TIMESTAMP, column: { ...since, valid } },
      { type: TIMESTAMP, column: int64Column(rows.map((_, line) => line)) },
    ],
    rows.length,
  );
}

/** Marks what was closed over events that are a bot's now, or are no more, where any view leaves bots out. */
async function markBots(shop: Shop): Promise<number> {
  const { database, context, extent } = shop;
  if (extent === null || !keptViews(shop).some(leavesBotsOut)) return 0;
  const visitor = visitorSql(context.widths);
  const since = (table: string) => `SELECT key, min(valid_from) AS since FROM ${table} GROUP BY key`;
  const was = 'coalesce(event_time >= b.since, FALSE)';
  const is = 'coalesce(event_time >= a.since, FALSE)';
  await database.run(
    `CREATE OR REPLACE TEMP TABLE ${CHANGED} AS SELECT r.seq, r.event_time, r.session_id, ${visitor} AS visitor FROM raw r JOIN (SELECT DISTINCT key FROM ${SAID}) s ON s.key = ${context.dialect.toText(visitor)} LEFT JOIN (${since(BEFORE)}) b ON b.key = s.key LEFT JOIN (${since(AFTER)}) a ON a.key = s.key WHERE ${was} <> ${is}`,
  );
  const events = Number((await database.one(`SELECT count(*) AS n FROM ${CHANGED}`))?.['n']);
  if (events > 0) await markChanged(shop, CHANGED, 'bots');
  return events;
}

/** Whether a declaration asks of any event if its visitor is human. */
function leavesBotsOut(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return (value as { kind?: unknown }).kind === 'human' || Object.values(value).some(leavesBotsOut);
}
