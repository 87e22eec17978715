import { readFileSync } from 'node:fs';

/** Versions of what runs. The database's is the pinned one: no other can be installed. */
export interface Versions {
  readonly footfall: string;
  readonly node: string;
  readonly duckdb: string;
}

interface Manifest {
  readonly version: string;
  readonly dependencies: Readonly<Record<string, string>>;
}

export function versions(): Versions {
  const { version, dependencies } = JSON.parse(
    readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
  ) as Manifest;
  const duckdb = Object.entries(dependencies).find(([name]) => name.includes('duckdb'))?.[1] ?? 'unknown';
  return { footfall: version, node: process.versions.node, duckdb };
}
