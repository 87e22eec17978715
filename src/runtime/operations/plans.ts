import { z } from 'zod';
import { FootfallError } from '../../core/errors/footfall-error.ts';
import { formatInstant } from '../../core/time.ts';
import { applyDefinitions } from '../../engine/definitions/apply-definitions.ts';
import { compareDefinitions } from '../../engine/definitions/compare.ts';
import { type Definitions, sameDefinitions } from '../../engine/definitions/definitions.ts';
import { appliedDefinitions } from '../../engine/definitions/definitions-facts.ts';
import { type Plan, planOf } from '../../engine/definitions/plan.ts';
import { stage } from '../../engine/definitions/stage.ts';
import { withReader } from '../../engine/read.ts';
import { checkCatalog } from '../../view/check-catalog.ts';
import { literalsOf } from '../../view/literals.ts';
import type { ViewPlan } from '../../view/view.ts';
import type { OpenShop } from '../open-shop.ts';
import { type Emit, operation } from '../operation.ts';

/** Definitions come from another process as the plain data that they are; what they mean is checked here. */
const views = z.array(z.custom<ViewPlan>((each) => typeof each === 'object' && each !== null && 'fingerprint' in each));
const declared = z.object({ zone: z.string(), views });

/** How far an application is. */
export interface ApplyPart {
  readonly stage: 'backfill' | 'check' | 'switch';
  /** Event time up to which the new rows are closed. */
  readonly until: string | null;
  readonly share: number;
}

export interface ApplyReport {
  readonly changed: boolean;
  /** Views that are other ones now. */
  readonly views: readonly string[];
  /** Rows that were compared with rows recomputed from the events. */
  readonly checked: number;
  readonly seconds: number;
}

const clock = (): number => performance.now() / 1000;
const now = (): number => Date.now() * 1000;

/** What would change if the declared definitions were put in force. */
export const plan = operation<Definitions, never, Plan>({
  input: declared,
  run: async ({ shop, engine }, next) => {
    checkCatalog(next.views);
    // What is due is closed first: what is compared are final rows. What is closed by end stays so.
    await engine.finalize('as before');
    await shop.database.betweenBatches(async () => {
      for (const text of next.views.flatMap(literalsOf)) shop.symbols.idOf(text);
    });
    return withReader(shop, (reader) => reader.ask([], (reading) => planOf(reading, next, { clock })));
  },
});

/** Puts the declared definitions in force. */
export const apply = operation<Definitions, ApplyPart, ApplyReport>({
  audit: () => 'apply',
  input: declared,
  streams: true,
  run: (open, next, emit) => {
    checkCatalog(next.views);
    return putInForce(open, next, emit);
  },
});

const back = z.object({
  discard: z.boolean(),
  /** Nothing is done unless the definitions of this number are in force. */
  in_force: z.int().optional(),
});

/** Puts those in force that were before, or gives up their rows, and those of an application that was left. */
export const rollback = operation<z.infer<typeof back>, ApplyPart, ApplyReport>({
  audit: () => 'rollback',
  input: back,
  streams: true,
  run: async (open, { discard, in_force: given }, emit) => {
    const { shop } = open;
    const found = appliedDefinitions(shop).at(-1)?.number ?? 0;
    if (given !== undefined && given !== found) throw new FootfallError('plan.moved', { found, given });
    if (!discard) return putInForce(open, formerOf(open), emit);
    const kept = shop.beside?.views.length ?? 0;
    if (kept > 0) await shop.database.exclusively(() => stage(shop, null, now()));
    return { changed: kept > 0, views: [], checked: 0, seconds: 0 };
  },
});

/** The newest that differ from those in force. @throws FootfallError `plan.none` */
function formerOf({ shop }: OpenShop): Definitions {
  const former = appliedDefinitions(shop).findLast(
    ({ definitions }) => !sameDefinitions(definitions, shop.definitions),
  );
  if (former === undefined) throw new FootfallError('plan.none', {});
  return former.definitions;
}

async function putInForce(open: OpenShop, next: Definitions, emit: Emit<ApplyPart>): Promise<ApplyReport> {
  const { shop, engine } = open;
  const began = clock();
  const before = shop.definitions;
  const { changed, checked } = await applyDefinitions(engine, next, {
    now,
    onProgress: async ({ stage: at, until }) => {
      const { extent } = shop;
      const share =
        until === null || extent === null ? 1 : (until - extent.start) / Math.max(1, extent.end - extent.start);
      // Whoever asked may have gone: what was begun goes on.
      await Promise.resolve(emit({ stage: at, until: until === null ? null : formatInstant(until), share })).catch(
        () => undefined,
      );
    },
  });
  return {
    changed,
    views: compareDefinitions(before, shop.definitions).views.map(({ view }) => view),
    checked,
    seconds: clock() - began,
  };
}

/** One definition that was in force. */
export interface AppliedReport {
  /** Of the fact. */
  readonly number: number;
  readonly applied: string;
  readonly zone: string;
  readonly views: number;
  /** Views that it changed. */
  readonly changed: readonly string[];
  readonly in_force: boolean;
}

/** All definitions that were ever put in force, oldest first. */
export const planHistory = operation<Record<string, never>, never, readonly AppliedReport[]>({
  input: z.object({}),
  run: async ({ shop }) => {
    const all = appliedDefinitions(shop);
    return all.map(({ number, recorded, definitions }, i) => {
      const before = all[i - 1]?.definitions;
      return {
        number,
        applied: formatInstant(recorded),
        zone: definitions.zone,
        views: definitions.views.length,
        changed: before === undefined ? [] : compareDefinitions(before, definitions).views.map(({ view }) => view),
        in_force: i === all.length - 1,
      };
    });
  },
});
