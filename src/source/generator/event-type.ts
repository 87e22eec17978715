import { EVENT_TYPES } from '../../core/event.ts';

type EventType = (typeof EVENT_TYPES)[number];

const at = (type: EventType): number => EVENT_TYPES.indexOf(type);

/** Numbers of event types, the indexes of EVENT_TYPES. */
export const PAGE = at('page');
export const SEARCH = at('search');
export const LIST_VIEW = at('list_view');
export const LIST_CLICK = at('list_click');
export const VIEW = at('view');
export const CART_ADD = at('cart_add');
export const CART_REMOVE = at('cart_remove');
export const CART_VIEW = at('cart_view');
export const CHECKOUT = at('checkout');
export const SHIP = at('ship');
export const PAY = at('pay');
export const PURCHASE = at('purchase');
export const REFUND = at('refund');
export const RESTOCK = at('restock');
export const PROMO_VIEW = at('promo_view');
