import type { CanonicalEvent } from '../../src/core/event.ts';

/** What a client knows of a request of its own. */
export interface SentRequest {
  readonly events: readonly CanonicalEvent[];
  /** Of its events, the place of each that a request before had already. */
  readonly copies: number;
  /** The answer, once it was given. */
  readonly answer: string;
}

/** Where requests go to at the moment; null while nobody listens. */
export type Address = () => string | null;

const AGAIN = 25;
const PAUSE = 80;
/** Whoever hears nothing for so long asks again. */
const PATIENCE = 20_000;
const HOUR = 3_600_000;
const TYPES = ['view', 'view', 'view', 'cart_add', 'purchase'] as const;

/**
 * Events whose times are all different: which of two came first never matters. They are of two hours that are over for an
 * hour, so that nothing goes on once something else has come.
 */
export class EventMaker {
  private made = 0;
  private readonly from: number;
  private readonly random: () => number;

  /** @param random between 0 and 1 */
  constructor(random: () => number, now: number) {
    this.random = random;
    this.from = now - 3 * HOUR;
  }

  /** Something of now, and of nobody: all sessions are over by it. */
  closing(): CanonicalEvent {
    return { event_time: new Date().toISOString(), event_type: 'view', product_id: 'p-0', category_code: 'c0.d' };
  }

  event(id: string | null): CanonicalEvent {
    const pick = (n: number): number => Math.floor(this.random() * n);
    this.made += 1;
    // In any order, over two hours: many come behind the watermark.
    const time = this.from + ((this.made * 7_919) % 6_900_000);
    const person = pick(12);
    const type = TYPES[pick(TYPES.length)] ?? 'view';
    return {
      ...(id === null ? {} : { event_id: id }),
      event_time: new Date(time).toISOString(),
      event_type: type,
      user_id: `u-${person}`,
      session_id: `s-${person}-${pick(3)}`,
      product_id: `p-${pick(6)}`,
      category_code: `c${pick(3)}.d`,
      brand: `b-${pick(4)}`,
      price: `${pick(90)}.${10 + pick(90)}`,
      ...(type === 'purchase' ? { quantity: 1 + pick(3) } : {}),
    };
  }
}

/**
 * Sends requests until it is told to stop, each again and again until it is answered: some with an idempotency key, some
 * with event ids, some with both, and now and then with events that came before.
 */
export async function sendUntil(
  over: () => boolean,
  name: string,
  { events, random, address, key }: { events: EventMaker; random: () => number; address: Address; key: string },
): Promise<readonly SentRequest[]> {
  const sent: SentRequest[] = [];
  for (let n = 0; !over(); n += 1) {
    const withIds = n % 3 !== 0;
    const made = Array.from({ length: 1 + Math.floor(random() * 4) }, (_, i) =>
      events.event(withIds ? `${name}-${n}-${i}` : null),
    );
    const before =
      withIds && random() < 0.2 ? sent.findLast((each) => each.events[0]?.event_id !== undefined) : undefined;
    const copies = before?.events.slice(0, 1) ?? [];
    const body = JSON.stringify([...made, ...copies]);
    const idempotency = n % 3 === 1 ? null : `${name}-${n}`;
    const answer = await sendUntilAnswered(body, idempotency, address, key);
    sent.push({ events: made, copies: copies.length, answer });
    await new Promise((resolve) => setTimeout(resolve, random() * PAUSE));
  }
  return sent;
}

/** @returns the text of the answer @throws when it is refused for good */
export async function sendUntilAnswered(
  body: string,
  idempotency: string | null,
  address: Address,
  key: string,
): Promise<string> {
  for (;;) {
    const url = address();
    const answer = url === null ? undefined : await post(url, body, idempotency, key).catch(() => undefined);
    if (answer?.status === 200) return answer.text;
    // While it starts or ends, it says so. A stranger may have got the port of the one that was killed.
    const again = answer === undefined || answer.status === 503 || answer.status === 401;
    if (!again) throw new Error(`answered ${answer.status}: ${answer.text}`);
    await new Promise((resolve) => setTimeout(resolve, AGAIN));
  }
}

async function post(
  url: string,
  body: string,
  idempotency: string | null,
  key: string,
): Promise<{ readonly status: number; readonly text: string }> {
  const answer = await fetch(`${url}/v1/events`, {
    method: 'POST',
    body,
    signal: AbortSignal.timeout(PATIENCE),
    headers: {
      authorization: `Bearer ${key}`,
      'content-type': 'application/json',
      ...(idempotency === null ? {} : { 'idempotency-key': idempotency }),
    },
  });
  return { status: answer.status, text: await answer.text() };
}
