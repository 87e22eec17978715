import { FootfallError } from '../core/errors/footfall-error.ts';
import type { EpochMicros } from '../core/time.ts';
import type { OpenShop } from '../runtime/open-shop.ts';

/** Whether only this machine reaches an address. */
export const isLoopback = (host: string): boolean => /^(localhost|127(\.\d+){3}|::1|::ffff:127(\.\d+){3})$/i.test(host);

/**
 * A server that others can reach has somebody who may use it: else the first who comes would.
 * @throws FootfallError `access.exposed`
 */
export function checkExposure(host: string, { access: { keys, accounts }, folder }: OpenShop, now: EpochMicros): void {
  if (isLoopback(host) || keys.any(now) || accounts.list().length > 0) return;
  throw new FootfallError('access.exposed', { host, folder: folder.path });
}
