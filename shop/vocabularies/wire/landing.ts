import type { Draft, FieldNames } from '../../../src/source/wire/draft.ts';

const CAMPAIGN: FieldNames = [
  ['utm_source', 'utm_source'],
  ['utm_medium', 'utm_medium'],
  ['utm_campaign', 'utm_campaign'],
  ['utm_term', 'utm_term'],
  ['utm_content', 'utm_content'],
];

/** Takes the campaign from the address of the page, for clients that leave that to whoever collects. */
export function campaignOfPage(draft: Draft): void {
  const address = draft.text('page_url');
  if (address === undefined || CAMPAIGN.some(([, field]) => draft.has(field))) return;
  const query = new URLSearchParams(/\?([^#]*)/.exec(address)?.[1] ?? '');
  for (const [name, field] of CAMPAIGN) draft.set(field, query.get(name) ?? undefined, draft.pointerOf('page_url'));
}
