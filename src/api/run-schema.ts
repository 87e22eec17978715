import { z } from 'zod';

/** A run, as `Run`. */
export const runSchema = z.object({
  id: z.string(),
  operation: z.string(),
  status: z
    .enum(['running', 'done', 'failed', 'interrupted'])
    .describe('interrupted: the server ended first; the same request begins it again'),
  begun: z.string(),
  ended: z.string().nullable(),
  progress: z
    .object({
      stage: z.string(),
      share: z.number().describe('between 0 and 1'),
      eta_seconds: z.number().nullable(),
    })
    .nullable(),
  result: z.unknown().describe('what it came to; null until it is done'),
  error: z.object({ code: z.string(), message: z.string(), where: z.string().nullable() }).nullable(),
});
