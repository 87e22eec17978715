import type { EventBatch, PartitionProgress, Rejected } from '../../core/batch.ts';
import { EVENT_COLUMNS, type EventField } from '../../core/event.ts';
import type { RepairRule } from '../../core/repair-rule.ts';
import type { RowShape } from '../../core/row-shape.ts';
import type { EpochMicros } from '../../core/time.ts';
import { BLOCK_SLACK, type BlockParser } from '../block.ts';
import { BatchBuilder } from '../columns/batch-builder.ts';
import { SymbolTable } from '../columns/symbol-table.ts';
import { CsvParser } from '../csv/csv-parser.ts';
import { NdjsonParser } from '../ndjson/ndjson-parser.ts';
import type { Mapping } from '../shape/vocabulary.ts';
import { applyRule } from './apply-rule.ts';
import { fieldsOf, rowOf } from './row-fields.ts';

/** A refused row as it came, with what is needed to read it. */
export interface RefusedRow {
  /** Index into the partitions that are given along. */
  readonly partition: number;
  readonly position: number;
  readonly shape: RowShape;
  readonly bytes: Uint8Array;
}

/** What a rule made of refused rows. */
export interface RepairedRows {
  /** The events of the rows that pass now, in their order. */
  readonly batch: EventBatch;
  /** Of each event of the batch: the index of its row. */
  readonly passed: readonly number[];
  /** Rows that are refused still, by their index, and why. */
  readonly failed: readonly { readonly row: number; readonly why: Rejected }[];
  /** Of each row: its bytes after the rule. */
  readonly written: readonly Uint8Array[];
}

const LINE_END = 0x0a;
const CANONICAL: ReadonlySet<string> = new Set(EVENT_COLUMNS.map(({ name }) => name));

/**
 * Applies a rule to refused rows and parses what comes out as any row is parsed: by the shape that they had, from the
 * place where they were. A column that a rule names like a canonical field is that field, whatever the vocabulary.
 *
 * @param partitions progress of the partitions of the rows, for the batch
 * @param arrival what counts as now: events that are later are refused
 */
export function repairRows(
  rows: readonly RefusedRow[],
  rule: RepairRule,
  partitions: readonly PartitionProgress[],
  arrival: EpochMicros,
): RepairedRows {
  const builder = new BatchBuilder(Math.max(1, rows.length), new SymbolTable([]));
  const parsers = new Parsers(rule);
  const passed: number[] = [];
  const failed: { row: number; why: Rejected }[] = [];
  const written: Uint8Array[] = [];
  for (const [row, { partition, position, shape, bytes }] of rows.entries()) {
    const fields = fieldsOf(bytes, shape);
    const changed = fields === null ? null : applyRule(fields, rule, shape.format);
    const names = changed === null || shape.format === 'ndjson' ? shape.columns : changed.map(({ name }) => name);
    const content = changed === null ? bytes : rowOf(changed, shape.format);
    written.push(content);
    const line = new Uint8Array(content.length + 1 + BLOCK_SLACK);
    line.set(content);
    line[content.length] = LINE_END;
    const [events, refused] = [builder.count, builder.rejected.length];
    parsers.of(shape, names).parse({
      bytes: line,
      view: new DataView(line.buffer),
      start: 0,
      end: content.length + 1,
      base: position,
      byRow: true,
      final: true,
      full: false,
      batch: builder,
      partition,
      arrival,
      rows: 1,
      until: Number.POSITIVE_INFINITY,
      knownCut: -1,
    });
    const why = builder.rejected[refused];
    if (builder.count > events) passed.push(row);
    else if (why !== undefined) failed.push({ row, why });
    else failed.push({ row, why: { ...nothing(partition, position), bytes: content.slice() } });
  }
  return { batch: { ...builder.finish(partitions), rejected: [] }, passed, failed, written };
}

/** A row of which a rule leaves nothing. */
const nothing = (partition: number, position: number): Omit<Rejected, 'bytes'> => ({
  partition,
  position,
  code: 'event.columns',
  pointer: '',
  message: 'nothing is left of the row',
});

/** A parser for each shape and header that rows turn out to have. */
class Parsers {
  private readonly rule: RepairRule;
  private readonly made = new Map<string, BlockParser>();

  constructor(rule: RepairRule) {
    this.rule = rule;
  }

  of(shape: RowShape, columns: readonly string[]): BlockParser {
    const key = JSON.stringify([shape, columns]);
    let parser = this.made.get(key);
    if (parser === undefined) {
      const mapping = this.mappingOf(shape);
      parser =
        shape.format === 'csv'
          ? new CsvParser(mapping, columns, new Set(shape.numeric.map((name) => this.nameOf(name))))
          : new NdjsonParser(mapping);
      this.made.set(key, parser);
    }
    return parser;
  }

  /** What a column is called after all steps. */
  private nameOf(column: string): string {
    return this.rule.reduce((name, step) => (step.do === 'rename' && step.field === name ? step.to : name), column);
  }

  private mappingOf({ vocabulary, fields, types, type }: RowShape): Mapping {
    const named = this.rule.flatMap((step) =>
      step.do === 'rename' ? [step.to] : step.do === 'default' ? [step.field] : [],
    );
    const taken = new Set(Object.values(fields).flat());
    const added = named.filter(
      (name) => CANONICAL.has(name) && !Object.hasOwn(fields, name) && !taken.has(name as EventField),
    );
    return {
      shape: vocabulary,
      label: vocabulary,
      fields: { ...fields, ...Object.fromEntries(added.map((name) => [name, [name as EventField]])) },
      types,
      type,
    };
  }
}
