/**
 * PostgreSQL's type for a column, from DuckDB's name of its type. What has no counterpart is kept as JSON.
 * @example columnType('TIMESTAMP') // 'timestamptz'
 * @example columnType('DECIMAL(18,4)[]') // 'numeric[]'
 */
export function columnType(type: string): string {
  if (type.startsWith('STRUCT') || type.startsWith('MAP')) return 'jsonb';
  if (type.endsWith('[]')) {
    const item = columnType(type.slice(0, -2));
    return item === 'jsonb' || item.endsWith('[]') ? 'jsonb' : `${item}[]`;
  }
  if (type.startsWith('DECIMAL')) return 'numeric';
  return PLAIN[type] ?? 'jsonb';
}

const PLAIN: Readonly<Record<string, string>> = {
  BOOLEAN: 'boolean',
  TINYINT: 'bigint',
  SMALLINT: 'bigint',
  INTEGER: 'bigint',
  UINTEGER: 'bigint',
  BIGINT: 'bigint',
  UBIGINT: 'numeric',
  HUGEINT: 'numeric',
  FLOAT: 'double precision',
  DOUBLE: 'double precision',
  VARCHAR: 'text',
  UUID: 'text',
  DATE: 'date',
  // All times are UTC: whoever reads them in another zone sees the same instant.
  TIMESTAMP: 'timestamptz',
  'TIMESTAMP WITH TIME ZONE': 'timestamptz',
  BLOB: 'text',
};
