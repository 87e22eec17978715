/**
 * A committed state of a shop, and up to where a reader has its rows (semantics, "Changes"): epochs are numbered from 1
 * on in each generation, and a generation ends when the database is lost, replaced by an older copy, or rebuilt.
 */
export interface Cursor {
  readonly generation: number;
  readonly epoch: number;
}

/** @example formatCursor({ generation: 1, epoch: 57 }) // '1:57' */
export const formatCursor = ({ generation, epoch }: Cursor): string => `${generation}:${epoch}`;

/** Null for a text that is no cursor. */
export function parseCursor(text: string): Cursor | null {
  const [, generation, epoch] = /^([1-9]\d{0,14}):(\d{1,15})$/.exec(text) ?? [];
  return generation === undefined ? null : { generation: Number(generation), epoch: Number(epoch) };
}
