import type { InputType } from './input-type.ts';

/**
 * What a ledger keeps of each key: `balance` is the last count and all that moved since, from 0 where there is none;
 * `taken` and `added` are all that ever moved; `counted` is the last count, `counted_at` its time.
 */
export const LEDGER_PARTS = {
  balance: 'integer',
  taken: 'integer',
  added: 'integer',
  counted: 'integer',
  counted_at: 'time',
} as const satisfies Record<string, InputType>;

export type LedgerPart = keyof typeof LEDGER_PARTS;

/** The type of a ledger's part; undefined where there is no such part. */
export const ledgerPartType = (name: string): 'integer' | 'time' | undefined =>
  Object.hasOwn(LEDGER_PARTS, name) ? LEDGER_PARTS[name as LedgerPart] : undefined;

/** `balance` is the one after the last entry of the episode; an open one has no `closed_at`. */
export const EPISODE_PARTS = ['opened_at', 'closed_at', 'balance', 'threshold', 'status'] as const;

export type EpisodePart = (typeof EPISODE_PARTS)[number];
