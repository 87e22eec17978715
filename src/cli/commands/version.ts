import { readFileSync } from 'node:fs';
import { version as duckdb } from '@duckdb/node-api';
import { Command } from 'commander';
import { action, type Invocation } from '../invocation.ts';

/** Version of this Footfall. */
export function footfallVersion(): string {
  const { version } = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')) as {
    version: string;
  };
  return version;
}

export const versionCommand = (): Command =>
  new Command('version').description('versions of Footfall, Node and DuckDB').action(action<object>(run));

async function run({ json, terminal }: Invocation): Promise<void> {
  const versions = { footfall: footfallVersion(), node: process.versions.node, duckdb: duckdb() };
  if (json) return terminal.out(`${JSON.stringify(versions)}\n`);
  return terminal.out(`footfall ${versions.footfall} (node ${versions.node}, duckdb ${versions.duckdb})\n`);
}
