import { FootfallError } from '../core/errors/footfall-error.ts';
import { checkCatalog } from './check-catalog.ts';
import { declarationSchema } from './declaration-schema.ts';
import { isPlan, type ViewPlan, view } from './view.ts';

/**
 * All views of a shop: the catalog's, then its own, each of which was made by `view()` or is a plain declaration.
 *
 * @param own the setting `views`; `where` is where it was written, for messages
 * @throws FootfallError `view.compile` with the place, the view and the column
 * @example allViews(catalog, config.values.views, config.origins.views) // 'footfall.config.ts (views)'
 */
export function allViews(catalog: readonly ViewPlan[], own: readonly unknown[], where: string): readonly ViewPlan[] {
  const views = [...catalog, ...own.map((each, i) => ownView(each, `${where}[${i}]`))];
  checkCatalog(views, where);
  return views;
}

function ownView(declared: unknown, where: string): ViewPlan {
  if (isPlan(declared)) return declared;
  const parsed = declarationSchema.safeParse(declared);
  if (parsed.success) return view(parsed.data, where);
  const [issue] = parsed.error.issues;
  const path = issue?.path.join('.') ?? '';
  const reason = `${path === '' ? '' : `${path}: `}${issue?.message ?? 'it is no declaration'}; make it with view()`;
  throw new FootfallError('view.compile', { view: nameOf(declared), reason }, { where });
}

function nameOf(declared: unknown): string {
  const name = typeof declared === 'object' && declared !== null && 'name' in declared ? declared.name : undefined;
  return typeof name === 'string' ? name : 'without a name';
}
