import { Arrivals } from './arrivals.ts';
import { b1Rows } from './b1-rows.ts';
import { canonicalRows } from './canonical-rows.ts';
import { type Catalogue, makeCatalogue } from './catalogue.ts';
import { globalmartRows } from './globalmart-rows.ts';
import { lateness } from './lateness.ts';
import type { ResolvedOptions, Shape } from './options.ts';
import { People } from './people.ts';
import type { Anomaly } from './planted.ts';
import { PROFILES } from './profile.ts';
import { Random } from './random.ts';
import { rees46Rows } from './rees46-rows.ts';
import type { Described, RowEncoder } from './row-encoder.ts';
import { RowWriter } from './row-writer.ts';
import { Sessions } from './sessions.ts';
import { Simulation } from './simulation.ts';
import { Stock } from './stock.ts';
import { Tally } from './tally.ts';
import { ThinkTime } from './think-time.ts';
import type { VisitWorld } from './visit.ts';
import { WeightedChoice } from './weighted-choice.ts';
import { Wheel } from './wheel.ts';
import { CHANNELS } from './words/channels.ts';

const ROWS: Readonly<Record<Shape, (described: Described) => RowEncoder>> = {
  rees46: rees46Rows,
  b1: b1Rows,
  globalmart: globalmartRows,
  canonical: canonicalRows,
};

/** Without ids, quantities or places a row cannot show every anomaly. */
const SHOWN: Readonly<Record<Shape, readonly Anomaly[]>> = {
  rees46: ['price', 'velocity'],
  b1: ['price', 'quantity', 'velocity'],
  globalmart: ['price', 'quantity', 'place', 'velocity'],
  canonical: ['price', 'quantity', 'place', 'velocity'],
};

const WARM_UP = 20 * 60_000;

/** A whole shop: its people, its goods, and the simulation that makes their events. */
export interface Shop {
  readonly options: ResolvedOptions;
  readonly catalogue: Catalogue;
  readonly people: People;
  readonly stock: Stock;
  readonly encoder: RowEncoder;
  readonly tally: Tally;
  readonly writer: RowWriter;
  readonly simulation: Simulation;
}

export function openShop(options: ResolvedOptions): Shop {
  const { seed, shape } = options;
  const crawlers = options.bots > 0 ? Math.max(2, Math.ceil(options.users / 2000)) : 0;
  const people = new People(options.users + crawlers, seed, options.users);
  const catalogue = makeCatalogue(options.products, new Random(seed, 1));
  const stock = new Stock(catalogue, Math.max(1, options.events), new Random(seed, 2));
  const random = new Random(seed, 3);
  const world: VisitWorld = {
    profile: PROFILES[shape],
    catalogue,
    people,
    random,
    channels: new WeightedChoice(CHANNELS.map((channel) => channel.weight)),
  };
  // The shop opens a little before its first event, so that people are in the middle of things when it comes.
  const opening = options.start - Math.min(WARM_UP, (options.end - options.start) / 4);
  const sessions = new Sessions();
  const wheel = new Wheel(opening, options.rate);
  const arrivals = new Arrivals(world, sessions, wheel, options, crawlers);
  const encoder = ROWS[shape]({ catalogue, people, sessions, seed });
  const tally = new Tally(people.count, catalogue.count);
  const writer = new RowWriter({
    encoder,
    options,
    random: new Random(seed, 4),
    tally,
    sessions,
    people,
    catalogueIds: catalogue.ids,
  });
  const simulation = new Simulation({
    options,
    world,
    sessions,
    wheel,
    arrivals,
    thinkTime: new ThinkTime(options.pauses, new Random(seed, 5)),
    lateness: lateness(options),
    stock,
    tally,
    writer,
    anomalies: SHOWN[shape],
  });
  return { options, catalogue, people, stock, encoder, tally, writer, simulation };
}
