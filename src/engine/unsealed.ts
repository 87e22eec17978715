import { formatInstant } from '../core/time.ts';
import { sealedBefore } from './protocol/seal.ts';
import type { ShopSnapshot } from './shop.ts';

/** Condition on rows of raw (`r`): facts may still change them. */
export function unsealed({ ingest, settings, context: { dialect } }: ShopSnapshot): string {
  const before = sealedBefore(ingest.watermark, settings.history);
  return Number.isFinite(before) ? `r.event_time >= ${dialect.instant(before)}` : 'TRUE';
}

/** What happened before it is sealed, as text; null: nothing is. */
export function sealedText({ ingest, settings }: Pick<ShopSnapshot, 'ingest' | 'settings'>): string | null {
  const before = sealedBefore(ingest.watermark, settings.history);
  return Number.isFinite(before) ? formatInstant(before) : null;
}
