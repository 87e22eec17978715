import { z } from 'zod';

const verdict = z.union([
  z.object({ status: z.enum(['accepted', 'duplicate']) }),
  z.object({
    status: z.literal('rejected'),
    code: z.string(),
    pointer: z.string(),
    message: z.string(),
    item: z.int().optional().describe('of a message with several products: the first that was refused'),
  }),
]);

/** What becomes of a request with events, as `CollectAnswer`. */
export const answer = z.object({
  accepted: z.int(),
  duplicate: z.int(),
  rejected: z.int(),
  events: z.array(verdict).describe('one for each event or message, in the order of the request'),
});
