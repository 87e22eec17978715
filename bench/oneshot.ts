import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { DuckDBInstance } from '@duckdb/node-api';

/**
 * Runs `oneshot.sql` in a process of its own: the comparator of S1.
 * Prints one JSON object: seconds of each stage, measured inside.
 *
 * @example node bench/oneshot.ts --events events.csv --products products.csv --database oneshot.duckdb
 */
const { values } = parseArgs({
  options: {
    events: { type: 'string' },
    products: { type: 'string' },
    database: { type: 'string' },
    memory: { type: 'string', default: '2GB' },
    threads: { type: 'string', default: '2' },
  },
});
const { events, products, database, memory, threads } = values;
if (events === undefined || products === undefined || database === undefined) {
  throw new Error('--events, --products and --database are needed');
}
const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;

const instance = await DuckDBInstance.create(database, { memory_limit: memory, threads });
const connection = await instance.connect();
await connection.run(`SET VARIABLE events_csv = ${quoted(events)}; SET VARIABLE products_csv = ${quoted(products)}`);

const stages: Record<string, number> = {};
const [settings = '', ...parts] = readFileSync(join(import.meta.dirname, 'oneshot.sql'), 'utf8').split('-- stage: ');
await connection.run(settings);
for (const part of parts) {
  const end = part.indexOf('\n');
  const began = performance.now();
  await connection.run(part.slice(end));
  stages[part.slice(0, end)] = Math.round(performance.now() - began) / 1000;
}
connection.closeSync();
instance.closeSync();
console.log(JSON.stringify({ stages }));
