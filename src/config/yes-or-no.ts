import { z } from 'zod';

/** `yes` or `no`; in `footfall.config.ts` true and false as well. */
export const yesOrNo = z
  .union([z.boolean(), z.literal(['yes', 'no', 'true', 'false'])], { error: 'is neither yes nor no' })
  .transform((value) => value === true || value === 'yes' || value === 'true');
