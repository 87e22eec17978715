import type { SinkColumn, SinkTable } from '../sink.ts';
import { columnType } from './column-type.ts';

/** A name as PostgreSQL reads it: it cuts longer ones than 63 bytes, which would make two of them one. */
export const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;

const text = (value: string): string => `'${value.replaceAll("'", "''")}'`;

export const tableName = ({ kit, name }: SinkTable): string => `${quoted(kit)}.${quoted(name)}`;

/** A column that a table has, as its catalogue names the type. */
export interface FoundColumn {
  readonly name: string;
  readonly type: string;
}

const define = ({ name, type }: SinkColumn): string => `${quoted(name)} ${columnType(type)}`;

export const createSql = (table: SinkTable): readonly string[] => [
  `CREATE TABLE ${tableName(table)} (${table.columns.map(define).join(', ')})`,
  ...describing(table),
];

/**
 * What makes an empty table what it has to be; nothing where it is that. Columns that a view has no more stay, as queries of
 * others may name them, and say nothing.
 */
export function reshapeSql(table: SinkTable, found: readonly FoundColumn[]): readonly string[] {
  const types = new Map(found.map((column) => [column.name, column.type]));
  const steps = table.columns.flatMap((column) => {
    const type = types.get(column.name);
    if (type === undefined) return [`ADD COLUMN ${define(column)}`];
    const wanted = columnType(column.type);
    return type === wanted ? [] : [`ALTER COLUMN ${quoted(column.name)} TYPE ${wanted} USING NULL`];
  });
  return steps.length === 0 ? [] : [`ALTER TABLE ${tableName(table)} ${steps.join(', ')}`, ...describing(table)];
}

/** Name of the index of a table's key. */
export const keyIndex = ({ name }: SinkTable): string => `${name}_key`;

export const dropKeySql = (table: SinkTable): string =>
  `DROP INDEX IF EXISTS ${quoted(table.kit)}.${quoted(keyIndex(table))}`;

/**
 * Its indexes: the key, in which nulls are equal as they are in a view, the time that dashboards ask for, and rows that
 * are not final yet.
 */
export function indexSql(table: SinkTable): readonly string[] {
  const { keys, time } = table;
  const on = tableName(table);
  const index = (suffix: string): string => quoted(`${table.name}_${suffix}`);
  const columns = keys.map(quoted).join(', ');
  return [
    `CREATE UNIQUE INDEX IF NOT EXISTS ${quoted(keyIndex(table))} ON ${on} (${columns}) NULLS NOT DISTINCT`,
    ...(time === null || keys[0] === time
      ? []
      : [`CREATE INDEX IF NOT EXISTS ${index('time')} ON ${on} (${quoted(time)})`]),
    `CREATE INDEX IF NOT EXISTS ${index('live')} ON ${on} (is_final) WHERE NOT is_final`,
  ];
}

const describing = (table: SinkTable): readonly string[] => [
  `COMMENT ON TABLE ${tableName(table)} IS ${text(table.description)}`,
  ...table.columns.flatMap(({ name, description }) =>
    description === null ? [] : [`COMMENT ON COLUMN ${tableName(table)}.${quoted(name)} IS ${text(description)}`],
  ),
];
