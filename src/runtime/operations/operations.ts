import type { Operation } from '../operation.ts';
import { changes } from './changes.ts';
import { funnel } from './counting/funnel.ts';
import { paths } from './counting/paths.ts';
import { retention } from './counting/retention.ts';
import { trend } from './counting/trend.ts';
import { dimensions, loadDimensionFile } from './dimensions.ts';
import { erase, erasures, tryErasure } from './erase.ts';
import { exportFile } from './export.ts';
import { botProposals, changePeople, identityProposals, people } from './people.ts';
import { person, personEvents, persons } from './persons.ts';
import { apply, plan, planHistory, rollback } from './plans.ts';
import { quarantine } from './quarantine.ts';
import { query } from './query.ts';
import { applyRule, quarantineGroups, repairHistory, tryRule, undoRule } from './repair.ts';
import { selfVerifyStatus } from './self-verify-status.ts';
import { serverStatus } from './server-status.ts';
import { session, sessions } from './sessions.ts';
import { addSink, changeSink, sinks } from './sinks.ts';
import { sources } from './sources.ts';
import { status } from './status.ts';
import { changeTypes, mappedTypes } from './type-mapping.ts';
import { unknownTypes } from './unknown-types.ts';
import { verifyShop } from './verify-shop.ts';
import { views } from './views.ts';
import { why } from './why.ts';

/** All that can be asked of a shop, under the names that the control endpoint knows. */
export const OPERATIONS = {
  query,
  export: exportFile,
  changes,
  views,
  verify: verifyShop,
  'self-verify-status': selfVerifyStatus,
  why,
  quarantine,
  'quarantine-groups': quarantineGroups,
  'try-repair': tryRule,
  repair: applyRule,
  'undo-repair': undoRule,
  repairs: repairHistory,
  plan,
  apply,
  rollback,
  'plan-history': planHistory,
  erase,
  'try-erasure': tryErasure,
  erasures,
  dimensions,
  'load-dimension': loadDimensionFile,
  people,
  'change-people': changePeople,
  'identity-proposals': identityProposals,
  'bot-proposals': botProposals,
  sessions,
  session,
  persons,
  person,
  'person-events': personEvents,
  funnel,
  paths,
  retention,
  trend,
  sources,
  sinks,
  'add-sink': addSink,
  'change-sink': changeSink,
  'unknown-types': unknownTypes,
  'mapped-types': mappedTypes,
  'change-types': changeTypes,
  status,
  'server-status': serverStatus,
} as const;

export type OperationName = keyof typeof OPERATIONS;
export type InputOf<N extends OperationName> =
  (typeof OPERATIONS)[N] extends Operation<infer I, infer _P, infer _O> ? I : never;
export type PartOf<N extends OperationName> =
  (typeof OPERATIONS)[N] extends Operation<infer _I, infer P, infer _O> ? P : never;
export type OutputOf<N extends OperationName> =
  (typeof OPERATIONS)[N] extends Operation<infer _I, infer _P, infer O> ? O : never;
