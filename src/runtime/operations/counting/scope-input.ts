import { z } from 'zod';
import { type Scope, TOUCHES } from '../../../journey/question.ts';
import { parseInstant } from '../../parse-instant.ts';

export const touchInput = z.object({ touch: z.literal([...TOUCHES]), which: z.literal(['first', 'last']) });

const texts = z.array(z.string()).min(1).optional();

/** Events by what they have. */
export const pickInput = z.object({ types: texts, products: texts, categories: texts, brands: texts });

/** What every question about journeys may say. */
export const scopeInput = {
  /** On the time of events, from (inclusive) and to (exclusive). */
  from: z.string().optional(),
  to: z.string().optional(),
  where: z.array(touchInput.extend({ values: z.array(z.string().nullable()).min(1) })).optional(),
  /** Without sessions of bots. */
  humans: z.boolean().optional(),
} as const;

/** @throws FootfallError `cli.usage` for a time that is none */
export const scopeOf = ({
  from,
  to,
  where,
  humans,
}: {
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly where?: Scope['where'] | undefined;
  readonly humans?: boolean | undefined;
}): Scope => ({
  ...(from === undefined ? {} : { from: parseInstant(from, '--from') }),
  ...(to === undefined ? {} : { to: parseInstant(to, '--to') }),
  ...(where === undefined ? {} : { where }),
  ...(humans === true ? { humans } : {}),
});

/** Without what was not given: zod leaves `undefined` where nothing was said. */
export const given = <T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(value).filter(([, each]) => each !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
