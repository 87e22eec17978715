import { z } from 'zod';
import { didYouMean } from '../../core/did-you-mean.ts';
import { FootfallError } from '../../core/errors/footfall-error.ts';
import { formatInstant } from '../../core/time.ts';
import type { StoredSink } from '../../store/sink-list.ts';
import type { OpenShop } from '../open-shop.ts';
import { operation } from '../operation.ts';
import { kindOf } from '../sinks/sink-kinds.ts';
import type { CopyStatus } from '../sinks/sink-runner.ts';
import { checkViews, viewsFor } from '../sinks/sink-table.ts';
import { sinksOf } from '../sinks/sinks-facts.ts';

/** A sink as it may be shown: without what lets anybody into the store. */
export interface SinkReport {
  readonly name: string;
  readonly kind: string;
  readonly address: string;
  readonly views: readonly string[];
  /** `stopped`: nobody serves the shop now. */
  readonly state: 'starting' | 'running' | 'waiting' | 'paused' | 'stopped';
  readonly error: { readonly code: string; readonly message: string; readonly since: string } | null;
  readonly copies: readonly CopyStatus[];
}

const reportOf = (open: OpenShop, stored: StoredSink): SinkReport => {
  const { name, kind, url, views, paused } = stored;
  const status = sinksOf(open)?.statusOf(name);
  const error = status?.error ?? null;
  return {
    name,
    kind,
    address: kindOf(kind).address(url),
    views: views ?? viewsFor(open.shop, null).map((view) => view.name),
    // What is paused may still be at work for a moment.
    state: status?.state ?? (paused ? 'paused' : 'stopped'),
    error: error === null ? null : { ...error, since: formatInstant(error.since) },
    copies: status?.copies ?? [],
  };
};

/** All sinks, and how they are. */
export const sinks = operation<Record<string, never>, never, { readonly sinks: readonly SinkReport[] }>({
  input: z.object({}),
  run: async (open) => ({ sinks: open.sinks.list().map((stored) => reportOf(open, stored)) }),
});

/** What a sink is made of. */
export const sinkInput = z.object({
  kind: z.string(),
  url: z.string().describe('address of the store, with its password'),
  /** What it is called; its kind where nothing is said. */
  name: z
    .string()
    .regex(/^[a-z][a-z0-9_-]{0,62}$/, 'is a lower-case word of letters, digits, - and _')
    .optional(),
  /** Names of views; all that have stored rows where nothing is said. */
  views: z.array(z.string()).min(1).optional(),
});

/** Adds a sink: it begins with all rows there are. */
export const addSink = operation<z.infer<typeof sinkInput>, never, SinkReport>({
  input: sinkInput,
  creates: true,
  audit: () => 'sink.add',
  run: async (open, { kind, url, name = kind, views = null }) => {
    kindOf(kind).address(url);
    checkViews(open.shop, views ?? []);
    if (!open.sinks.add({ name, kind, url, views, created: Date.now() * 1000 }))
      throw new FootfallError('sink.exists', { sink: name });
    return reportOf(open, find(open, name));
  },
});

const changed = z.object({ name: z.string(), to: z.enum(['pause', 'resume', 'reset', 'remove']) });

/** Pauses, resumes, makes anew or removes a sink. What was copied stays where it is. */
export const changeSink = operation<z.infer<typeof changed>, never, { readonly name: string }>({
  input: changed,
  audit: ({ to }) => `sink.${to}`,
  run: async (open, { name, to }) => {
    find(open, name);
    if (to === 'remove') open.sinks.remove(name);
    else if (to === 'reset') open.sinks.reset(name, true);
    else open.sinks.pause(name, to === 'pause');
    return { name };
  },
});

function find({ sinks: list }: OpenShop, name: string): StoredSink {
  const all = list.list();
  const found = all.find((each) => each.name === name);
  if (found !== undefined) return found;
  const names = all.map((each) => each.name);
  throw new FootfallError('sink.unknown', { sink: name, suggestion: didYouMean(name, names) });
}
