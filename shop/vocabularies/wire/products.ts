import { Draft } from '../../../src/source/wire/draft.ts';
import { isList, isObject, type WireObject, type WireValue } from '../../../src/source/wire/wire-value.ts';

/**
 * The drafts of a message: one for each of its products, or one for a message without any. The first has the message's id,
 * the others `id#1`, `id#2`.
 *
 * @param products list of them; anything else counts as none
 * @param at where the message is in the body
 * @param place where the kth product is
 * @param fill says what a draft holds; `first` is where money of the whole order belongs, so that it adds up
 */
export function* eachProduct(
  products: WireValue | undefined,
  at: string,
  place: (k: number) => string,
  id: string | undefined,
  fill: (draft: Draft, product: WireObject | null, first: boolean) => void,
): Generator<Draft> {
  const list = isList(products) && products.length > 0 ? products : [null];
  const none = list !== products;
  for (const [k, product] of list.entries()) {
    if (!none && !isObject(product)) {
      yield new Draft(place(k), product);
      continue;
    }
    const draft = new Draft(none ? at : place(k));
    draft.set('event_id', id === undefined || k === 0 ? id : `${id}#${k}`, draft.pointer);
    fill(draft, isObject(product) ? product : null, k === 0);
    yield draft;
  }
}
