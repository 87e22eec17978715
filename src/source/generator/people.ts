import { mix, type Random } from './random.ts';
import { WeightedChoice } from './weighted-choice.ts';
import { DEVICES } from './words/devices.ts';
import { FAMILY_NAMES, GIVEN_NAMES } from './words/people-names.ts';
import { PLACES } from './words/places.ts';

/** Salts of a person's lasting properties. */
const SALT = { place: 11, device: 12, segment: 13, given: 14, family: 15, signup: 16, taste: 17, cookie: 18 } as const;
const SEGMENTS = ['new', 'regular', 'loyal', 'vip', 'bargain'] as const;
const segmentChoice = new WeightedChoice([30, 42, 15, 4, 9]);
const placeChoice = new WeightedChoice(PLACES.map((place) => place.weight));
const deviceChoice = new WeightedChoice(DEVICES.map((device) => device.weight));
/** How readily a segment buys, against the mean. */
const EAGERNESS = [0.65, 0.95, 1.35, 2.2, 1.2];
/** The shop is three years old. */
export const KNOWN_DAYS = 1095;

/** The shop's people, by number: 0 to count - 1. All they are follows from the number and the seed. */
export class People {
  readonly count: number;
  /** The numbers from this one on are crawlers. */
  readonly humans: number;
  readonly #seed: number;

  constructor(count: number, seed: number, humans: number) {
    this.count = count;
    this.humans = humans;
    this.#seed = mix(seed | 0, Math.floor(seed / 2 ** 32));
  }

  /** A visitor: few come often, many once. */
  draw(random: Random): number {
    const u = random.unit();
    return Math.floor(this.humans * u * Math.sqrt(u));
  }

  /** Nine digits, another for each person (an odd multiplier permutes 2^28 numbers). */
  userId(person: number): number {
    return 500_000_000 + (Math.imul(person + 1, 0x2545f491) & 0x0fffffff);
  }

  place(person: number): number {
    return placeChoice.at(this.#property(person, SALT.place));
  }

  device(person: number): number {
    return deviceChoice.at(this.#property(person, SALT.device));
  }

  segment(person: number): string {
    return SEGMENTS[segmentChoice.at(this.#property(person, SALT.segment))] as string;
  }

  eagerness(person: number): number {
    return EAGERNESS[segmentChoice.at(this.#property(person, SALT.segment))] as number;
  }

  /** One of three lasting interests, as a hash to draw a category from. */
  taste(person: number, which: number): number {
    return this.#property(person * 3 + which, SALT.taste);
  }

  /** The two words of the browser cookie: the first differs for each person. */
  cookie(person: number, part: 0 | 1): number {
    return part === 0 ? Math.imul(person + 1, 0x9e3779b1) >>> 0 : this.#property(person, SALT.cookie);
  }

  cookieText(person: number): string {
    return [0 as const, 1 as const].map((part) => this.cookie(person, part).toString(16).padStart(8, '0')).join('');
  }

  name(person: number): string {
    const given = GIVEN_NAMES[this.#property(person, SALT.given) % GIVEN_NAMES.length];
    const family = FAMILY_NAMES[this.#property(person, SALT.family) % FAMILY_NAMES.length];
    return `${given} ${family}`;
  }

  /** Whole days from signing up to the shop's first event: 1 to 1,095. */
  daysKnown(person: number): number {
    return 1 + (this.#property(person, SALT.signup) % KNOWN_DAYS);
  }

  #property(person: number, salt: number): number {
    return mix(person ^ this.#seed, salt);
  }
}
