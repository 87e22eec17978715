import { z } from 'zod';

const problem = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    code: z.string(),
    hint: z.string(),
    where: z.string().optional(),
    request_id: z.string(),
  })
  .describe('RFC 9457, with the code of the error catalogue');

/** The errors that a route may answer with. @example { 200: rows, ...problems(401, 404) } */
export const problems = (...statuses: readonly number[]): Readonly<Record<number, z.ZodType>> =>
  Object.fromEntries([...statuses, 429, 500].map((status) => [status, problem]));
