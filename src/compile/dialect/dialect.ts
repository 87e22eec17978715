import type { EpochMicros, Micros } from '../../core/time.ts';

/** How a value is held where SQL meets it. A symbol is an integer that stands for a text; `wide` is a whole number of 128 bits. */
export type ValueType =
  | 'symbol'
  | 'money'
  | 'integer'
  | 'wide'
  | 'double'
  | 'time'
  | 'id'
  | 'text'
  | 'boolean'
  /** A set, sorted. */
  | 'symbols'
  /** One value an event, in order, nulls too. */
  | 'symbol[]'
  | 'money[]'
  | 'integer[]'
  | 'time[]'
  /** Structs: item (a symbol), quantity and price of each. */
  | 'pieces'
  | 'texts'
  /** A sum of money of any size: of what was asked for, not of what was paid. */
  | 'wide money';

/** A piece of SQL with the type of its value. */
export interface Sql {
  readonly sql: string;
  readonly type: ValueType;
}

/**
 * What differs between the engines that views are compiled to. Everything else in `compile` is SQL that all of
 * them read alike. Times are UTC without a zone; `zone` is an IANA name.
 */
export interface Dialect {
  readonly name: 'duckdb' | 'spark';
  instant(at: EpochMicros): string;
  /** Whole number of the bucket of `size` that a time falls in. */
  bucket(time: string, size: Micros): string;
  /** Start of a bucket, as a time. */
  bucketTime(bucket: string, size: Micros): string;
  plus(time: string, by: Micros): string;
  /** Microseconds from one time to another. */
  elapsed(from: string, to: string): string;
  micros(time: string): string;
  calendarPart(part: 'hour' | 'weekday' | 'month', time: string, zone: string): string;
  countIf(condition: string): string;
  /** Sum of money or whole numbers, held again in the input's own width. */
  sum(value: Sql): string;
  /** Exact sum of squares: of ten-thousandths for money. */
  sumOfSquares(value: Sql): string;
  /** All values of a group, nulls too. */
  gather(value: string): string;
  /** Number of distinct non-null elements of a gathered list. */
  countDistinctOf(list: string): string;
  /** Distinct non-null elements of a gathered list, in the order of their stored form. */
  distinctOf(list: string): string;
  countDistinct(value: string): string;
  quantile(value: string, p: number): string;
  /** The non-null value at the highest place. */
  latest(value: string, place: string): string;
  /** First or last non-null value in (event_time, event_id). */
  edge(which: 'first' | 'last', value: string, order: string): string;
  /** All events of a group as structs of these fields, besides what their order is made from. */
  gatherEvents(fields: readonly { readonly field: string; readonly sql: string }[]): string;
  /** A gathered list by (event_time, event_id). `keys`: the partitions' keys, by id from 1. */
  sortedEvents(list: string, keys: string, fields: readonly { readonly field: string }[]): string;
  /** All rows of a group as structs of these fields. */
  gatherRows(fields: readonly { readonly field: string; readonly sql: string }[]): string;
  /** A list of structs by their fields, in the order in which they are named; null last. */
  sortedRows(list: string): string;
  /** One field of every event of a gathered list. */
  fieldOf(list: string, field: string): string;
  /** First or last element of a list that is not null. */
  edgeOf(which: 'first' | 'last', list: string): string;
  /** Natural logarithm in whole thousandths: of ten-thousandths for money. Null for what is not above 0. */
  logarithm(value: Sql): string;
  /** How many different values the rows of a key have from so long before each up to it, with all of its own time. */
  distinctWithin(value: string, key: string, time: string, within: Micros): string;
  /** Those of some values that are not null, as a list. */
  presentOf(values: readonly string[]): string;
  /** How many times as much a difference of logarithms means, either way: '3.5', from ten on without a decimal. */
  timesInWords(logarithm: string): string;
  toDouble(value: string): string;
  toText(value: string): string;
  /** Sample standard deviation from exact sums; `squares` and `sum` of money are in ten-thousandths squared and money. */
  stddev(count: string, sum: Sql, squares: string): string;
  sqlType(type: ValueType): string;
}
