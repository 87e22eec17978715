import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import {
  applyRule,
  quarantineGroups,
  repairHistory,
  repairTarget,
  tryRule,
  undoRule,
} from '../../runtime/operations/repair.ts';
import type { ServedShop } from '../served-shop.ts';
import { ask } from './ask.ts';
import { change } from './change.ts';

/** Refused events that are alike, and rules that put them right. */
export function repairRoutes(app: FastifyInstance, service: ServedShop): void {
  const tag = 'quarantine';
  ask(
    app,
    service,
    {
      method: 'GET',
      url: '/v1/quarantine/groups',
      access: 'read',
      tag,
      summary: 'Refused events, those that are alike together',
    },
    quarantineGroups,
  );
  ask(
    app,
    service,
    {
      method: 'POST',
      url: '/v1/quarantine/try',
      access: 'analyst',
      tag,
      summary: 'What a rule would make of refused events; nothing is changed',
    },
    tryRule,
  );
  ask(
    app,
    service,
    {
      method: 'GET',
      url: '/v1/quarantine/repairs',
      access: 'read',
      tag,
      summary: 'Repairs, and those that were taken back',
    },
    repairHistory,
  );
  change(
    app,
    service,
    {
      url: '/v1/quarantine/repairs',
      summary: 'Put refused events right by a rule',
      tag,
      name: 'repair',
      body: repairTarget,
      inputOf: (body) => body as z.infer<typeof repairTarget>,
    },
    applyRule,
  );
  change(
    app,
    service,
    {
      url: '/v1/quarantine/repairs/:repair/undo',
      summary: 'Take a repair back',
      tag,
      name: 'undo-repair',
      queue: 'repair',
      params: z.object({ repair: z.coerce.number().int().min(1) }),
      inputOf: (_, { repair }) => ({ repair: Number(repair) }),
    },
    undoRule,
  );
}
