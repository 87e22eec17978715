import {
  DuckDBBlobValue,
  DuckDBDecimalValue,
  DuckDBListValue,
  type DuckDBResultReader,
  DuckDBStructValue,
  DuckDBTimestampTZValue,
  DuckDBTimestampValue,
  DuckDBUUIDValue,
  type DuckDBValue,
} from '@duckdb/node-api';
import { formatInstant } from '../core/time.ts';

/** A value as the engine reads it: times in microseconds, money and uuids as text, whole numbers beyond 2^53 as bigint. */
export type Value = string | number | bigint | boolean | null | Uint8Array | Value[];
export type Row = Record<string, Value>;
export type Json = string | number | boolean | null | Json[] | { [field: string]: Json };

const whole = (value: bigint): number | bigint =>
  value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER ? Number(value) : value;

/** A DuckDB value as a plain one. */
export function plain(value: DuckDBValue): Value {
  if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
    return value;
  if (typeof value === 'bigint') return whole(value);
  if (value instanceof DuckDBTimestampValue || value instanceof DuckDBTimestampTZValue) return Number(value.micros);
  if (value instanceof DuckDBBlobValue) return value.bytes;
  if (value instanceof DuckDBListValue) return value.items.map(plain);
  return value.toString();
}

/**
 * A DuckDB value in the JSON form of results: times as ISO 8601 UTC with microseconds, money as decimal text, whole
 * numbers beyond 2^53 as text.
 */
export function json(value: DuckDBValue): Json {
  if (value instanceof DuckDBTimestampValue || value instanceof DuckDBTimestampTZValue)
    return formatInstant(Number(value.micros));
  if (value instanceof DuckDBDecimalValue || value instanceof DuckDBUUIDValue) return value.toString();
  if (value instanceof DuckDBListValue) return value.items.map(json);
  if (value instanceof DuckDBStructValue)
    return Object.fromEntries(Object.entries(value.entries).map(([field, each]) => [field, json(each)]));
  if (value instanceof DuckDBBlobValue) return Buffer.from(value.bytes).toString('base64');
  const simple = plain(value);
  if (typeof simple === 'bigint') return simple.toString();
  if (typeof simple === 'number') return Number.isFinite(simple) ? simple : null;
  return simple as Json;
}

export function rowsOf<T>(reader: DuckDBResultReader, convert: (value: DuckDBValue) => T): Record<string, T>[] {
  const names = reader.deduplicatedColumnNames();
  return reader.getRows().map((row) => Object.fromEntries(names.map((name, i) => [name, convert(row[i] ?? null)])));
}
