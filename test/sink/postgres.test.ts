import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { catalog } from '../../shop/views/catalog.ts';
import { keyColumns } from '../../src/compile/changes.ts';
import { isStored } from '../../src/compile/tables.ts';
import { changesSince } from '../../src/engine/changes.ts';
import { withReader } from '../../src/engine/read.ts';
import { ViewCopy } from '../../src/runtime/sinks/copy-view.ts';
import { PostgresSink } from '../../src/sink/postgres/postgres-sink.ts';
import { performed, type Script } from '../engine/script.ts';
import { journeyScripts, loadScripts, reloadScripts } from '../engine/scripts.ts';
import { SEED, SOAK } from '../engine/soak.ts';
import { NOW, type TestShop } from '../engine/test-shop.ts';
import { type PostgresServer, startPostgres } from '../stores/start-postgres.ts';
import { canonicalRows } from './canonical-rows.ts';

let server: PostgresServer;
beforeAll(async () => {
  server = await startPostgres();
});
afterAll(() => server.stop());

const STORED = catalog.filter(isStored);

/** What a copy has to hold: all final rows, and those of open slices where nothing is final. */
const wanted = (shop: TestShop): Promise<ReadonlyMap<string, readonly string[]>> =>
  shop.ask(async (reading) => {
    const rows = new Map<string, readonly string[]>();
    for (const view of STORED) {
      const held = new Map<string, string>();
      const hold = (row: Readonly<Record<string, unknown>>): void =>
        void held.set(JSON.stringify(keyColumns(view).map((key) => row[key])), JSON.stringify(row));
      await reading.prepare([view]);
      for (const row of await reading.database.jsonRows(`SELECT * FROM ${view.name} WHERE NOT is_final`)) hold(row);
      for await (const block of changesSince(reading, view, null).blocks) for (const { row } of block) hold(row);
      rows.set(view.name, canonicalRows([...held.values()]));
    }
    return rows;
  });

const copied = async (kit: string, name: string): Promise<readonly string[]> =>
  canonicalRows(
    (await server.rows(`SELECT row_to_json(t)::text AS row FROM "${kit}"."${name}" t`)).map(({ row }) => String(row)),
  );

const SINK = { name: 'results', id: 'one of the test' };

/** Copies all views into a server, as a server does that looks now and then. */
class Follower {
  private sink = new PostgresSink(SINK, server.url);
  private copies = new Map(STORED.map((view) => [view, new ViewCopy(this.sink, view)]));

  /** Begins again, as after a crash: what is known of the copies is what they say themselves. */
  async restart(): Promise<void> {
    await this.sink.close();
    this.sink = new PostgresSink(SINK, server.url);
    this.copies = new Map(STORED.map((view) => [view, new ViewCopy(this.sink, view)]));
  }

  async follow(shop: TestShop): Promise<void> {
    await withReader(shop.shop, async (reader) => {
      for (const copy of this.copies.values()) await copy.copy(reader, true, NOW);
    });
  }

  async reset(shop: TestShop): Promise<void> {
    await withReader(shop.shop, async (reader) => {
      for (const copy of this.copies.values()) await copy.reset(reader);
    });
  }

  close(): Promise<void> {
    return this.sink.close();
  }
}

test.each([
  ['late events, merging sessions, closes by end and what comes after', journeyScripts(), 1],
  ['dimensions loaded again', reloadScripts(), 1],
  ['history loaded behind', loadScripts(), 1],
] as const)(
  'whenever it looks, and whatever is killed, the copy holds the rows that a query gives: %s',
  { timeout: 12 * 3_600_000 },
  async (_, scripts, usual) => {
    const all = fc.sample(scripts as fc.Arbitrary<Script>, { seed: SEED, numRuns: usual * SOAK });
    for (const [run, script] of all.entries()) {
      for (const { kit } of STORED) await server.rows(`DROP SCHEMA IF EXISTS "${kit}" CASCADE`);
      await server.rows('DROP SCHEMA IF EXISTS footfall CASCADE');
      const follower = new Follower();
      let rows: ReadonlyMap<string, readonly string[]> = new Map();
      const { found } = await performed(script, async (shop, step) => {
        if (step === script.steps.length) {
          await follower.follow(shop);
          rows = await wanted(shop);
        } else if ((step + run) % 5 === 1) await follower.restart();
        else if ((step + run) % 5 === 2) await server.crash().then(() => follower.restart());
        else if ((step + run) % 5 === 3) await follower.follow(shop);
        else if ((step + run) % 7 === 4) await follower.reset(shop);
        return [];
      });
      expect(found).toEqual([]);
      for (const { kit, name } of STORED) {
        expect(await copied(kit, name), `${name} FOOTFALL_SEED=${SEED} run ${run}`).toEqual(rows.get(name));
      }
      await follower.close();
    }
  },
);
