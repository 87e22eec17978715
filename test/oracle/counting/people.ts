import type { Journey } from './journey.ts';

/** What is said of visitors, and not withdrawn: at most one link a visitor and time, and one mark a visitor. */
export interface PeopleInForce {
  readonly links: readonly { readonly visitor: string; readonly user: string; readonly from: number }[];
  readonly bots: readonly { readonly visitor: string; readonly from: number }[];
}

export const isBot = (visitor: string | null, at: number, { bots }: PeopleInForce): boolean =>
  bots.some((bot) => bot.visitor === visitor && bot.from <= at);

/** Journeys of visitors as those of people: of several links the latest before the session, both at once included. */
export function withPeople(journeys: readonly Journey[], people: PeopleInForce, humans = false): Journey[] {
  return journeys
    .map((journey): Journey => {
      const { person: visitor, start } = journey;
      const [link] = people.links
        .filter((each) => each.visitor === visitor && each.from <= start)
        .sort((a, b) => b.from - a.from);
      return { ...journey, visitor, person: link?.user ?? visitor };
    })
    .filter(({ visitor = null, start }) => !(humans && isBot(visitor, start, people)));
}
