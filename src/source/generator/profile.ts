import type { Shape } from './options.ts';

/** How visits go in the shop behind a shape: probabilities by visit, and what its tracker records. */
export interface Profile {
  /** Visits that put something in the cart and leave it, that buy from the cart, and that buy without a cart event. */
  readonly abandon: number;
  readonly cartBuy: number;
  readonly directBuy: number;
  /** Share of visits that look at one product only, and mean number of looks of the others. */
  readonly single: number;
  readonly views: number;
  /** Chance of a click in a list before a look. */
  readonly click: number;
  /** Share of left carts from which a product was taken out again. */
  readonly removes: number;
  /** Landing, search, lists and the steps of the checkout are recorded too. */
  readonly fullPath: boolean;
  /** Visits without a known user, and visits whose user logs in on the way (the cookie is known all along). */
  readonly anonymous: number;
  readonly logsIn: number;
  /** Visits in which somebody else takes over under the same session id. */
  readonly shared: number;
  /** Each purchase row is an order of its own. */
  readonly orderPerLine: boolean;
  /** Refunds and restocks are events of this shape. */
  readonly backOffice: boolean;
  readonly quantities: boolean;
}

export const PROFILES: Readonly<Record<Shape, Profile>> = {
  // As in REES46: nearly all views, four to five events a session, and most purchasing sessions without a cart event.
  rees46: {
    abandon: 0.062,
    cartBuy: 0.032,
    directBuy: 0.04,
    single: 0.3,
    views: 5.8,
    click: 0,
    removes: 0,
    fullPath: false,
    anonymous: 0,
    logsIn: 0,
    shared: 0.0005,
    orderPerLine: false,
    backOffice: false,
    quantities: false,
  },
  // 80 % clickstream, 20 % transactions.
  b1: {
    abandon: 0.1,
    cartBuy: 0.46,
    directBuy: 0.37,
    single: 0.25,
    views: 2.9,
    click: 0.3,
    removes: 0,
    fullPath: false,
    anonymous: 0,
    logsIn: 0,
    shared: 0,
    orderPerLine: true,
    backOffice: false,
    quantities: true,
  },
  // 100 transactions, 300 product views and 100 cart events a second.
  globalmart: {
    abandon: 0.2,
    cartBuy: 0.4,
    directBuy: 0.29,
    single: 0.25,
    views: 2.95,
    click: 0,
    removes: 0.2,
    fullPath: false,
    anonymous: 0,
    logsIn: 0,
    shared: 0,
    orderPerLine: true,
    backOffice: false,
    quantities: true,
  },
  canonical: {
    abandon: 0.06,
    cartBuy: 0.045,
    directBuy: 0.012,
    single: 0.3,
    views: 5.2,
    click: 0.2,
    removes: 0.2,
    fullPath: true,
    anonymous: 0.35,
    logsIn: 0.04,
    shared: 0,
    orderPerLine: false,
    backOffice: true,
    quantities: true,
  },
};
