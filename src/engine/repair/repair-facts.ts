import type { RepairRule } from '../../core/repair-rule.ts';
import { literalText } from '../../core/sql-text.ts';
import type { EpochMicros } from '../../core/time.ts';
import { wholeCopy } from '../../journal/fact-copy.ts';
import type { RepairFact, RepairUndoneFact } from '../../journal/fact-log.ts';
import type { ApplyFact, FactEngine } from '../fact-engine.ts';
import type { Shop } from '../shop.ts';
import { withdrawEvents } from '../withdraw-events.ts';
import { writeSymbols } from '../write-batch.ts';
import { CONTENT, REPAIRABLE, refusedRows } from './refused-rows.ts';
import { prepareReplay, type Replay, shapeFor, writeReplay } from './replay-rows.ts';

/** What a repair, or its taking back, came to. */
export interface RepairChange {
  /** Rows that are events now, or are refused again. */
  readonly rows: number;
  /** Of them, those that are copies of events which are there. */
  readonly copies: number;
}

/** Rows of quarantine (`q`) that a repair (`r`) in force is for and that are refused still. */
const WAITING = `FROM quarantine q JOIN repair_row w ON w.partition_key = q.partition_key AND w.position = q.position JOIN repair r ON r.number = w.repair AND r.undone IS NULL WHERE ${REPAIRABLE} AND w.content = ${CONTENT}`;

/** The rows that a CSV of a repair names, as SQL. */
const rowsOf = (csv: string): string =>
  `(SELECT partition AS partition_key, position::BIGINT AS position, content FROM read_csv(${literalText(csv)}, all_varchar = true, header = true, delim = ','))`;

/** Reads the rows that are refused of those that a repair is for, and what they become. */
export async function readRepair(
  shop: Shop,
  { rule, recorded }: Pick<RepairFact, 'rule' | 'recorded'>,
  csv: string,
): Promise<ApplyFact<RepairChange>> {
  const { database } = shop;
  const rows = await refusedRows(
    database,
    `${REPAIRABLE} AND w.content = ${CONTENT}`,
    `JOIN ${rowsOf(csv)} w ON w.partition_key = q.partition_key AND w.position = q.position`,
  );
  const replay = await prepareReplay(shop, rows, rule, recorded);
  await shapeFor(shop, replay);
  return async (number) => {
    await database.run(
      `INSERT INTO repair VALUES (${number}, ${literalText(JSON.stringify(rule))}, make_timestamp(${recorded}), NULL)`,
    );
    await database.run(`INSERT INTO repair_row SELECT ${number}, * FROM ${rowsOf(csv)}`);
    const written = await writeReplay(shop, replay, number);
    return {
      outcome: { rows: replay.passed.length, copies: replay.copies },
      remember: () => {
        written();
        shop.repairsWait = true;
      },
    };
  };
}

/** Rules for rows: rows that are refused when they are read again, because a database is made anew, are put right then. */
export const repairFacts: FactEngine<RepairFact, RepairChange> = {
  read: (shop, fact, number) => readRepair(shop, fact, wholeCopy(shop.facts.folder, fact, number)),
  settle: settleRepairs,
};

/** Repairs taken back: their events leave raw, and their rows are refused again. */
export const repairUndoneFacts: FactEngine<RepairUndoneFact, RepairChange> = {
  read: async (shop, { repair }) => {
    const { database } = shop;
    return async (number) => {
      await database.run(
        `CREATE OR REPLACE TEMP TABLE withdrawn AS SELECT r.seq FROM raw r JOIN partition p ON p.id = r.part JOIN quarantine q ON q.partition_key = p.partition_key AND q.position = r.position WHERE q.repaired = ${repair}`,
      );
      const rows = Number(
        (await database.one(`SELECT count(*) AS n FROM quarantine WHERE repaired = ${repair}`))?.['n'],
      );
      const { events, remember } = await withdrawEvents(shop, 'withdrawn', 'repair');
      await database.run(`UPDATE quarantine SET repaired = NULL WHERE repaired = ${repair}`);
      await database.run(`UPDATE repair SET undone = ${number} WHERE number = ${repair}`);
      return { outcome: { rows, copies: rows - events }, remember };
    };
  },
  settle: async () => undefined,
};

/**
 * Puts right what was refused and repairs in force are for, each by its own rule: what a process that died left, and what
 * was read again. Caller holds the database exclusively.
 */
export async function settleRepairs(shop: Shop): Promise<void> {
  const { database } = shop;
  const repairs = await database.rows(
    `SELECT DISTINCT r.number, r.rule, epoch_us(r.recorded) AS recorded ${WAITING} ORDER BY r.number`,
  );
  for (const { number, rule, recorded } of repairs)
    await replay(shop, Number(number), JSON.parse(String(rule)) as RepairRule, Number(recorded));
  // Rows are looked for only while some that a repair is for were not there to be repaired.
  const open = await database.one(
    `SELECT 1 AS found FROM repair_row w JOIN repair r ON r.number = w.repair AND r.undone IS NULL WHERE NOT EXISTS (SELECT 1 FROM quarantine q WHERE q.partition_key = w.partition_key AND q.position = w.position AND q.repaired = r.number) LIMIT 1`,
  );
  shop.repairsWait = open !== undefined;
}

async function replay(shop: Shop, number: number, rule: RepairRule, recorded: EpochMicros): Promise<void> {
  const { database, symbols } = shop;
  const rows = await refusedRows(database, `q.id IN (SELECT q.id ${WAITING} AND r.number = ${number})`);
  const found: Replay = await prepareReplay(shop, rows, rule, recorded);
  if (found.passed.length === 0) return;
  await shapeFor(shop, found);
  const remember = await database.transaction(async () => {
    const fresh = symbols.unsaved();
    await writeSymbols(database, fresh.first, fresh.texts);
    return writeReplay(shop, found, number);
  });
  symbols.markSaved();
  remember();
}
