import type { ExitName } from './exit-code.ts';

/** One kind of failure, as the catalogue describes it. */
export interface ErrorEntry {
  /** A few words, for headings and tables. */
  readonly title: string;
  /** What is wrong and why: lowercase, no blame, `{name}` for what must be given, `{name?}` for what may be. */
  readonly message: string;
  /** What to do next; the same placeholders. */
  readonly hint: string;
  readonly exit: ExitName;
  /** HTTP status where the failure is an answer to a request. */
  readonly http: number;
  /** Who can put it right: the person who asked, the operator of another system, or Footfall's makers. */
  readonly whose: 'user' | 'external' | 'internal';
  /** Whether the same thing may succeed later without any change. */
  readonly retry: boolean;
}

type Rest = Pick<ErrorEntry, 'exit' | 'http' | 'whose' | 'retry'>;

/**
 * Makes the entries of one area, which share who can put them right and what the shell and HTTP are told.
 * The texts keep their literal types: the placeholders in them decide which parameters an error must be given.
 */
export const area =
  <const R extends Rest>(rest: R) =>
  <const T extends string, const M extends string, const H extends string>(title: T, message: M, hint: H) =>
    ({ title, message, hint, ...rest }) as const;
