import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { catalog } from '../../shop/views/catalog.ts';
import type { CompileContext } from '../../src/compile/context.ts';
import { duckdb } from '../../src/compile/dialect/duckdb/duckdb.ts';
import { createTables } from '../../src/compile/tables.ts';
import { literalText } from '../../src/core/sql-text.ts';
import type { Relation } from '../../src/journey/source.ts';
import { Database } from '../../src/store/database.ts';
import type { Journey, JourneyEvent } from '../oracle/counting/journey.ts';
import type { PeopleInForce } from '../oracle/counting/people.ts';
import { formatMoney } from '../oracle/money.ts';

const context: CompileContext = {
  dialect: duckdb,
  zone: 'UTC',
  widths: { user_id: 'BIGINT', anonymous_id: 'BIGINT', session_id: 'BIGINT' },
  symbol: () => {
    throw new Error('the kernel asks for symbols itself');
  },
  orphans: false,
  views: new Map(catalog.map((view) => [view.name, view])),
};

/** The table of journeys as the engine makes it, filled by hand. */
export class JourneyTable {
  readonly relation: Relation = { relation: 'result.journeys', context };
  readonly database: Database;
  private readonly folder: string;

  private constructor(database: Database, folder: string) {
    this.database = database;
    this.folder = folder;
  }

  static async open(): Promise<JourneyTable> {
    const folder = mkdtempSync(join(tmpdir(), 'footfall-journeys-'));
    const database = await Database.open({ path: join(folder, 'journeys.duckdb'), memoryLimit: '500MB', threads: 2 });
    await database.run('CREATE SCHEMA result');
    await database.run('CREATE TABLE symbol (id INTEGER, text VARCHAR)');
    await database.run(
      'CREATE TABLE dimension (kind VARCHAR, key VARCHAR, valid_from TIMESTAMP, valid_to TIMESTAMP, attributes VARCHAR)',
    );
    const view = catalog.find(({ name }) => name === 'journeys');
    if (view === undefined) throw new Error('there are no journeys');
    for (const sql of createTables(view, context)) await database.run(sql);
    return new JourneyTable(database, folder);
  }

  /** Replaces all rows. */
  async fill(journeys: readonly Journey[]): Promise<void> {
    const ids = new Map<string, number>();
    const symbol = (text: string | null): string => {
      if (text === null) return 'NULL';
      const id = ids.get(text) ?? ids.size + 1;
      ids.set(text, id);
      return String(id);
    };
    const list = (own: Journey, cell: (event: JourneyEvent) => string) => `[${own.events.map(cell).join(', ')}]`;
    const rows = journeys.map((own) => {
      const cells = {
        session_id: own.session ?? 'NULL',
        visitor: own.visitor ?? own.person ?? 'NULL',
        session_start: `make_timestamp(${own.start})`,
        session_end: `make_timestamp(${own.events.at(-1)?.time})`,
        sequence_event_time: list(own, ({ time }) => `make_timestamp(${time})`),
        sequence_event_type: list(own, ({ type }) => symbol(type)),
        sequence_product_id: list(own, ({ product }) => symbol(product)),
        sequence_category_name: list(own, ({ category }) => symbol(category)),
        sequence_brand: list(own, ({ brand }) => symbol(brand)),
        sequence_amount: list(own, ({ amount }) =>
          amount === null ? 'NULL' : `${literalText(formatMoney(amount))}::DECIMAL(18,4)`,
        ),
        ...Object.fromEntries(Object.entries(own.touches).map(([name, value]) => [name, symbol(value)])),
      };
      const names = Object.keys(cells);
      return `SELECT ${Object.values(cells)
        .map((sql, i) => `${sql} AS ${names[i]}`)
        .join(', ')}`;
    });
    await this.database.run('DELETE FROM result.journeys');
    await this.database.run('DELETE FROM symbol');
    for (const row of rows) await this.database.run(`INSERT INTO result.journeys BY NAME ${row}`);
    for (const [text, id] of ids) await this.database.run(`INSERT INTO symbol VALUES (${id}, ${literalText(text)})`);
  }

  /** Replaces what is said of visitors. */
  async say({ links, bots }: PeopleInForce): Promise<void> {
    await this.database.run('DELETE FROM dimension');
    const at = (from: number) => `make_timestamp(${from})`;
    for (const { visitor, user, from } of links) {
      const later = links.filter((each) => each.visitor === visitor && each.from > from).map((each) => each.from);
      const until = later.length === 0 ? "TIMESTAMP '9999-12-31'" : at(Math.min(...later));
      await this.database.run(
        `INSERT INTO dimension VALUES ('same_as', '${visitor}', ${at(from)}, ${until}, '{"user_id":"${user}"}')`,
      );
    }
    for (const { visitor, from } of bots)
      await this.database.run(
        `INSERT INTO dimension VALUES ('bot', '${visitor}', ${at(from)}, TIMESTAMP '9999-12-31', '{}')`,
      );
  }

  async close(): Promise<void> {
    await this.database.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
