import { visibleRows } from '../../../engine/kinds/live-table.ts';
import type { Reading } from '../../../engine/read.ts';
import type { ShopSnapshot } from '../../../engine/shop.ts';
import { JOURNEYS } from '../../../journey/scope.ts';
import type { Relation } from '../../../journey/source.ts';
import type { Session } from '../../../store/session.ts';
import { findView } from '../../find-view.ts';
import type { OpenShop } from '../../open-shop.ts';

/**
 * Answers a question about journeys: one that was asked of the same committed state before at once, another on the
 * connection that is kept for counting, so that panels do not wait for it.
 *
 * @param question what is asked, made from the state that it is asked of; it names the answer
 * @throws FootfallError `view.unknown` where the shop keeps no journeys
 */
export async function askJourneys<Q extends object, A extends object>(
  { reader, counter, answers }: OpenShop,
  kind: string,
  question: (shop: ShopSnapshot) => Q,
  count: (session: Session, relation: Relation, question: Q) => Promise<A>,
): Promise<A> {
  const known = await reader.ask([], async (reading) =>
    answers.find<A>(versionOf(reading), nameOf(kind, question(reading))),
  );
  if (known !== undefined) return known;
  return counter.ask([], async (reading: Reading) => {
    const asked = question(reading);
    const again = answers.find<A>(versionOf(reading), nameOf(kind, asked));
    if (again !== undefined) return again;
    const view = findView(reading, JOURNEYS);
    await reading.prepare([view]);
    const relation = { relation: visibleRows(view), context: reading.context };
    const answer = await count(reading.database, relation, asked);
    answers.keep(versionOf(reading), nameOf(kind, asked), answer);
    return answer;
  });
}

const versionOf = ({ generation, final, ingest, factsApplied }: ShopSnapshot): string =>
  `${generation}/${final.epoch}/${ingest.batch}/${factsApplied}`;

const nameOf = (kind: string, question: object): string => `${kind} ${JSON.stringify(question)}`;
