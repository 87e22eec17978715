import { didYouMean } from '../core/did-you-mean.ts';
import { refuse, viewProblems } from './check.ts';
import type { ViewPlan } from './view.ts';

/**
 * Checks what only shows when all views are known: names are there once, a rollup reads a session view that comes before
 * it, by its exact columns, and episodes are those of a ledger.
 *
 * @throws FootfallError `view.compile` for the first view that is wrong. `where` is the file that lists them.
 */
export function checkCatalog(views: readonly ViewPlan[], where?: string): void {
  const known = new Map<string, ViewPlan>();
  for (const view of views) {
    refuse(view, problemsAmong(view, known), where);
    known.set(view.name, view);
  }
}

function problemsAmong(view: ViewPlan, known: ReadonlyMap<string, ViewPlan>): readonly string[] {
  if (known.has(view.name)) return ['there is another view with this name'];
  if (!('parent' in view.kind)) return [];
  const { parent: parentName } = view.kind;
  const parent = known.get(parentName);
  if (parent === undefined)
    return [`it is made from ${parentName}, and no such view comes before it${didYouMean(parentName, known.keys())}`];
  if (view.kind.kind === 'episode')
    return parent.kind.kind === 'ledger'
      ? viewProblems(view, parent)
      : [`it is made from ${parentName}, which is no ledger`];
  const { on } = view.kind;
  if (parent.kind.kind !== 'session') return [`it is made from ${parentName}, which is no session view`];
  const placed = parent.columns.find(({ name }) => name === on)?.value;
  const problems =
    placed?.role === 'session' && placed.part === 'start'
      ? []
      : [`its windows are on ${on}, which is not the start of a session of ${parentName}`];
  return [...problems, ...viewProblems(view, parent)];
}
