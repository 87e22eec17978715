import { didYouMean } from '../core/did-you-mean.ts';
import { FootfallError } from '../core/errors/footfall-error.ts';
import type { ShopSnapshot } from '../engine/shop.ts';
import type { ViewPlan } from '../view/view.ts';

/** The view of that name, `kit.name` or `name`. @throws FootfallError `view.unknown` */
export function findView(shop: Pick<ShopSnapshot, 'view' | 'views'>, name: string): ViewPlan {
  const view = shop.view(name);
  if (view !== undefined) return view;
  throw new FootfallError('view.unknown', {
    view: name,
    suggestion: didYouMean(
      name,
      shop.views.map((each) => each.name),
    ),
  });
}

/** @throws FootfallError `view.column_unknown` when the view has no such column */
export function checkColumn(view: ViewPlan, column: string, known: readonly string[]): void {
  if (known.includes(column)) return;
  throw new FootfallError('view.column_unknown', { view: view.name, column, suggestion: didYouMean(column, known) });
}
