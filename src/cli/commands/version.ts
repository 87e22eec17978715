import { Command } from 'commander';
import { versions } from '../../runtime/versions.ts';
import { action, type Invocation } from '../invocation.ts';

export const versionCommand = (): Command =>
  new Command('version').description('versions of Footfall, Node and DuckDB').action(action<object>(run));

async function run({ json, terminal }: Invocation): Promise<void> {
  const { footfall, node, duckdb } = versions();
  if (json) return terminal.out(`${JSON.stringify({ footfall, node, duckdb })}\n`);
  return terminal.out(`footfall ${footfall} (node ${node}, duckdb ${duckdb})\n`);
}
