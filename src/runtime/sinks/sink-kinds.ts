import { didYouMean } from '../../core/did-you-mean.ts';
import { FootfallError } from '../../core/errors/footfall-error.ts';
import { addressOf } from '../../sink/postgres/postgres-url.ts';
import type { Sink } from '../../sink/sink.ts';
import type { StoredSink } from '../../store/sink-list.ts';

/** A kind of store: how one is opened, and its address as it may be shown. */
interface SinkKind {
  /** @throws FootfallError `sink.url` */
  readonly address: (url: string) => string;
  readonly open: (stored: StoredSink) => Promise<Sink>;
}

export const SINK_KINDS: Readonly<Record<string, SinkKind>> = {
  postgres: {
    address: addressOf,
    open: async (stored) => {
      // A client of a store is loaded where one is written to, and by no other command.
      const { PostgresSink } = await import('../../sink/postgres/postgres-sink.ts');
      return new PostgresSink(stored, stored.url);
    },
  },
};

/** @throws FootfallError `sink.kind` */
export function kindOf(kind: string): SinkKind {
  const found = Object.hasOwn(SINK_KINDS, kind) ? SINK_KINDS[kind] : undefined;
  if (found !== undefined) return found;
  const known = Object.keys(SINK_KINDS);
  throw new FootfallError('sink.kind', { kind, suggestion: didYouMean(kind, known), known: known.join(', ') });
}
