import { z } from 'zod';
import { FootfallError } from '../../core/errors/footfall-error.ts';
import { type Certificate, certificatesIn } from '../erase/certificate.ts';
import { type ErasureOutcome, eraseVisitor, type WhomToErase } from '../erase/erase-visitor.ts';
import type { ErasureStage } from '../erase/finish-erasure.ts';
import { type Operation, operation } from '../operation.ts';

/** How far an erasure is. */
export interface ErasePart {
  readonly stage: ErasureStage;
  readonly share: number;
}

/** Of the time that an erasure takes, about so much has passed when a stage begins. */
const SHARE: Readonly<Record<ErasureStage, number>> = { search: 0, rows: 0.2, files: 0.5, database: 0.6, proof: 0.8 };

const input = z.object({
  visitor: z.string().min(1).max(1_000),
  person: z.boolean(),
  mode: z.literal(['anonymise', 'remove']),
});

const askedFor = (confirmed: boolean) =>
  ({
    input,
    streams: true,
    run: (open, whom, emit) =>
      eraseVisitor(open, { ...whom, confirmed }, (stage) => {
        // Whoever asked may have gone: what was begun goes on.
        void Promise.resolve(emit({ stage, share: SHARE[stage] })).catch(() => undefined);
      }),
  }) satisfies Operation<WhomToErase, ErasePart, ErasureOutcome>;

/** Erases a visitor for good. Whom is not said in the audit log, which stays. */
export const erase = operation<WhomToErase, ErasePart, ErasureOutcome>({ audit: () => 'erasure', ...askedFor(true) });

/** Tells what there is of a visitor, and erases nothing. */
export const tryErasure = operation<WhomToErase, ErasePart, ErasureOutcome>(askedFor(false));

/** Certificates of all erasures, oldest first, or the one of a number. */
export const erasures = operation<{ erasure?: number | undefined }, never, readonly Certificate[]>({
  input: z.object({ erasure: z.int().min(1).optional() }),
  run: async ({ folder }, { erasure }) => {
    const all = certificatesIn(folder.path);
    if (erasure === undefined) return all;
    const found = all.filter((each) => each.erasure === erasure);
    if (found.length === 0) throw new FootfallError('erase.no_certificate', { erasure });
    return found;
  },
});
