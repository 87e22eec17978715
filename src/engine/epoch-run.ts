import type { Span } from '../compile/window.ts';
import type { EpochMicros } from '../core/time.ts';
import type { Kind } from '../view/kind.ts';
import type { ViewPlan } from '../view/view.ts';
import { keptViews, seenFromBeside } from './definitions/beside.ts';
import { type FinalizerRun, NOT_CLOSED } from './kinds/kind-engine.ts';
import { engineOf } from './kinds/kinds.ts';
import type { ShopSnapshot } from './shop.ts';
import type { Frontier } from './state.ts';
import { writeFirst, writeRestated } from './write-rows.ts';

/** What a finalizer transaction closes. */
export interface EpochScope {
  readonly byEnd: boolean;
  readonly epoch: number;
  /** Of the marks that it reads. */
  readonly causes: readonly string[];
  /** The watermark for views kept beside those in force; null: they keep pace. */
  readonly reached: EpochMicros | null;
}

/** Views that are closed in one way, parents of other views among them. */
export interface ViewsRun {
  readonly run: FinalizerRun;
  readonly views: readonly ViewPlan[];
}

type FilledShop = ShopSnapshot & { readonly extent: Span };

/**
 * How the views in force, and those kept beside them, are closed in one transaction. Views beside may be made from views
 * in force: what changes in these is known to both.
 */
export function runsOf(shop: FilledShop, scope: EpochScope): readonly ViewsRun[] {
  const { beside, final, ingest } = shop;
  const comparing = final.provisional !== null;
  const changes: Changes = new Map();
  // Who is made from a view is asked of all that there are.
  const inForce = new EpochRun({ ...shop, views: keptViews(shop) }, scope, changes, ingest.watermark, comparing);
  const runs = [{ run: inForce, views: shop.views }];
  if (beside === null) return runs;
  const other = seenFromBeside(shop, beside);
  // Until they have caught up, no close by end has left rows of theirs.
  const left = comparing && final.reached === null;
  if (scope.reached === null)
    return [...runs, { run: new EpochRun(other, scope, changes, ingest.watermark, left), views: beside.views }];
  // What was not begun waits for its first stretch.
  const begun = beside.views.filter(({ name }) => final.frontier[name] !== undefined);
  return [
    ...runs,
    { run: new EpochRun(other, { ...scope, byEnd: false }, changes, scope.reached, left), views: begun },
  ];
}

/** Closes the views beside alone, up to the watermark `scope.reached`. */
export function besideRunOf(shop: FilledShop, scope: EpochScope & { readonly reached: EpochMicros }): ViewsRun {
  const { beside } = shop;
  if (beside === null) throw new Error('nothing is kept beside the definitions in force');
  const run = new EpochRun(seenFromBeside(shop, beside), scope, new Map(), scope.reached, false);
  return { run, views: beside.views };
}

/** Closes the views of a kind; returns up to where, by view. */
export async function closeKind(
  runs: readonly ViewsRun[],
  kind: Kind['kind'],
): Promise<Readonly<Record<string, Frontier>>> {
  const frontier: Record<string, Frontier> = {};
  for (const { run, views } of runs)
    for (const view of views) if (view.kind.kind === kind) frontier[view.name] = await engineOf(view).close(run, view);
  return frontier;
}

/** By view: times of rows that changed. */
type Changes = Map<string, Set<EpochMicros>>;

class EpochRun implements FinalizerRun {
  readonly shop: ShopSnapshot;
  readonly byEnd: boolean;
  readonly epoch: number;
  readonly cause: string;
  readonly reopened: string;
  readonly watermark: EpochMicros;
  readonly extent: FinalizerRun['extent'];
  readonly comparing: boolean;
  private readonly changes: Changes;

  constructor(
    shop: FilledShop,
    { byEnd, epoch, causes }: EpochScope,
    changes: Changes,
    watermark: EpochMicros | null,
    comparing: boolean,
  ) {
    this.shop = shop;
    this.byEnd = byEnd;
    this.epoch = epoch;
    this.cause = causes.length === 0 ? 'late' : causes.join(' and ');
    const facts = causes.filter((cause) => cause !== 'late' && cause !== 'load');
    this.reopened = facts.length === 0 ? 'reopened' : facts.join(' and ');
    this.watermark = watermark ?? Number.NEGATIVE_INFINITY;
    this.extent = shop.extent;
    this.comparing = comparing;
    this.changes = changes;
  }

  before(view: ViewPlan): Frontier {
    return this.shop.final.frontier[view.name] ?? NOT_CLOSED;
  }

  async write(view: ViewPlan, rows: string, condition: string, cause: string): Promise<void> {
    if (this.comparing) await this.restate(view, rows, condition, cause);
    else await writeFirst(this.shop, view, rows, this.epoch);
  }

  restate(view: ViewPlan, rows: string, condition: string, cause: string): Promise<number> {
    return writeRestated(this.shop, view, rows, condition, this.epoch, cause);
  }

  noteChanges(view: ViewPlan, times: readonly EpochMicros[]): void {
    const known = this.changes.get(view.name) ?? new Set();
    for (const time of times) known.add(time);
    this.changes.set(view.name, known);
  }

  changesOf(view: string): readonly EpochMicros[] {
    return [...(this.changes.get(view) ?? [])];
  }
}
