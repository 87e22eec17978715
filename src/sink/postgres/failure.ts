import type { ErrorCode, ErrorParams } from '../../core/errors/catalogue/catalogue.ts';
import { FootfallError } from '../../core/errors/footfall-error.ts';

/** SQLSTATE classes: https://www.postgresql.org/docs/current/errcodes-appendix.html */
const CONNECTION = ['08', '57'];
const ACCESS = ['28', '3D', '42501'];
/** Values that a column cannot hold: of one row, not of the store. */
const DATA = ['22', '23'];
/** Another transaction was first, or waited too long: the same again may do. */
const AGAIN = ['40', '55', '53'];

const stateOf = (cause: unknown): string => {
  const { code } = (cause ?? {}) as { readonly code?: unknown };
  return typeof code === 'string' ? code : '';
};

const is = (classes: readonly string[], state: string): boolean => classes.some((each) => state.startsWith(each));

/** Whether a row is at fault: without it the others may be written. */
export const isOfRow = (cause: unknown): boolean => /^[0-9A-Z]{5}$/.test(stateOf(cause)) && is(DATA, stateOf(cause));

/** What it means that PostgreSQL failed. Nothing of it names the password. */
export function postgresFailure(cause: unknown, address: string, sink: string): FootfallError {
  if (cause instanceof FootfallError) return cause;
  const state = stateOf(cause);
  const reason = (cause instanceof Error ? cause.message : String(cause)).split('\n')[0] ?? '';
  const told = { kind: 'postgres', address, sink, reason: reason === '' ? state : reason };
  return new FootfallError(codeOf(state), told as ErrorParams<ErrorCode>, { cause });
}

function codeOf(state: string): ErrorCode {
  // Node's own codes (ECONNREFUSED and others) have more than five letters; none at all: the connection ended.
  if (!/^[0-9A-Z]{5}$/.test(state) || is([...CONNECTION, ...AGAIN], state)) return 'sink.unreachable';
  return is(ACCESS, state) ? 'sink.access' : 'sink.store';
}
