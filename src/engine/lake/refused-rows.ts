import { join } from 'node:path';
import type { PartitionProgress, Rejected } from '../../core/batch.ts';
import { literalText } from '../../core/sql-text.ts';
import type { LakeFile } from '../../journal/lake/manifest.ts';
import type { Session } from '../../store/session.ts';

export const parquetSql = (paths: readonly string[]): string => `read_parquet([${paths.map(literalText).join(', ')}])`;

/** A refused row as the lake has it. */
export interface RefusedRow extends Omit<Rejected, 'partition'> {
  readonly partition: string;
  readonly arrival: number;
  readonly shape: string | null;
}

type Before = ReadonlyMap<string, Pick<PartitionProgress, 'position'>>;

/** Refused rows of a lake, of some partitions and positions at a time: files that have none of these are not read. */
export class RefusedRows {
  private readonly session: Session;
  private readonly folder: string;
  private readonly files: readonly LakeFile[];
  private readonly most: number;

  /** @param most rows that are read at once */
  constructor(session: Session, folder: string, files: readonly LakeFile[], most: number) {
    this.session = session;
    this.folder = folder;
    this.files = files;
    this.most = most;
  }

  /** Position before which a partition has as many as are read at once; null where those up to `end` are no more. */
  async cut(partition: string, from: number, end: number): Promise<number | null> {
    const range = { partition, from, end };
    const files = this.files.filter((file) => overlaps(file, range));
    if (files.reduce((sum, { rows }) => sum + rows, 0) <= this.most) return null;
    const row = await this.session.one(
      `SELECT position FROM ${this.sql(files)} WHERE ${condition(range)} ORDER BY position LIMIT 1 OFFSET ${this.most}`,
    );
    const cut = row === undefined ? from : Number(row['position']);
    return cut > from ? cut : null;
  }

  /** Those of some partitions between where they stood and where they stand. */
  async within(before: Before, bounds: readonly PartitionProgress[]): Promise<readonly RefusedRow[]> {
    const ranges = bounds.map(({ partition, position }) => ({
      partition,
      from: before.get(partition)?.position ?? 0,
      end: position,
    }));
    const files = this.files.filter((file) => ranges.some((range) => overlaps(file, range)));
    if (files.length === 0) return [];
    const rows = await this.session.jsonRows(
      `SELECT partition, position, epoch_us(arrival) AS arrival, code, pointer, message, bytes, shape FROM ${this.sql(files)} WHERE ${ranges.map(condition).join(' OR ')} ORDER BY id`,
    );
    return rows.map((row) => ({
      partition: String(row['partition']),
      position: Number(row['position']),
      arrival: Number(row['arrival']),
      code: String(row['code']),
      pointer: String(row['pointer']),
      message: String(row['message']),
      bytes: new Uint8Array(Buffer.from(String(row['bytes']), 'base64')),
      shape: row['shape'] == null ? null : String(row['shape']),
    }));
  }

  private sql(files: readonly LakeFile[]): string {
    return parquetSql(files.map(({ path }) => join(this.folder, path)));
  }
}

interface Range {
  readonly partition: string;
  readonly from: number;
  /** The first position that is not wanted. */
  readonly end: number;
}

function overlaps({ positions }: LakeFile, { partition, from, end }: Range): boolean {
  const held = positions[partition];
  return held !== undefined && held[0] < end && held[1] >= from;
}

const condition = ({ partition, from, end }: Range): string =>
  `(partition = ${literalText(partition)} AND position >= ${from} AND position < ${end})`;
