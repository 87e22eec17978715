import { didYouMean } from '../core/did-you-mean.ts';
import { FootfallError } from '../core/errors/footfall-error.ts';
import type { ViewPlan } from './view.ts';

/** Stands for every view of the catalogue. */
export const EVERY_VIEW = 'all';

/**
 * The views of a catalogue that a shop keeps, each with the view that it is made from.
 *
 * @param wanted names of views, `kit.name`, or kits; `all` for every one
 * @throws FootfallError `config.invalid` for a name that is neither
 * @example chooseViews(catalog, ['journey', 'category_revenue'])
 */
export function chooseViews(catalog: readonly ViewPlan[], wanted: readonly string[]): readonly ViewPlan[] {
  if (wanted.includes(EVERY_VIEW)) return catalog;
  const known = new Set(catalog.flatMap(({ kit, name }) => [kit, name, `${kit}.${name}`]));
  const unknown = wanted.filter((each) => !known.has(each));
  if (unknown.length > 0) {
    const problems = unknown.map((each) => `catalog: "${each}" is no view and no kit${didYouMean(each, known)}`);
    throw new FootfallError('config.invalid', { problems: problems.join('; ') });
  }
  const chosen = new Set<string>();
  const choose = (view: ViewPlan): void => {
    chosen.add(view.name);
    const parent = 'parent' in view.kind ? view.kind.parent : undefined;
    const made = catalog.find(({ name }) => name === parent);
    if (made !== undefined) choose(made);
  };
  for (const view of catalog)
    if (wanted.some((each) => [view.kit, view.name, `${view.kit}.${view.name}`].includes(each))) choose(view);
  return catalog.filter(({ name }) => chosen.has(name));
}
