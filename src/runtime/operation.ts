import type { z } from 'zod';
import type { Recorded } from './access/recorded.ts';
import type { OpenShop } from './open-shop.ts';

/** Parts of an answer that are ready before the rest: columns and rows of a query, verdicts of a verification. */
export type Emit<Part> = (part: Part) => void | Promise<void>;

/**
 * Something that can be asked of a shop, by the process that owns it or through it by another.
 * Inputs, parts and outputs are plain JSON: they travel over the control endpoint as they are.
 */
export interface Operation<Input, Part, Output> {
  readonly input: z.ZodType<Input>;
  /**
   * Parts are sent as they come, however many there are; for operations with a connection of their own, which hold
   * nobody up while the other side is slow. Those of all others are gathered first.
   */
  readonly streams?: true;
  /** Where there is no shop yet, one is made for it. */
  readonly creates?: true;
  /** What the audit log calls it, where it is written there: what changes something, SQL and files. */
  readonly audit?: (input: Input) => string | Recorded | null;
  readonly run: (open: OpenShop, input: Input, emit: Emit<Part>) => Promise<Output>;
}

/** Gives an operation its types. @example operation<{ limit: number }, never, { rows: number }>({ input, run }) */
export const operation = <Input, Part, Output>(of: Operation<Input, Part, Output>): Operation<Input, Part, Output> =>
  of;
