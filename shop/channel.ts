import type { Origin } from '../src/source/wire/complete-origin.ts';

/** Sites by their names without country, so that `google` is google.com and google.co.uk. */
const SEARCH =
  /(^|\.)(google|bing|duckduckgo|yahoo|yandex|baidu|ecosia|qwant|startpage|naver|seznam|brave)\.(com?\.)?[a-z]{2,3}$/;
const SOCIAL =
  /(^|\.)(facebook|instagram|twitter|x|t|linkedin|lnkd|pinterest|reddit|tiktok|youtube|youtu|snapchat|threads|vk|whatsapp|tumblr|quora|bsky)\.(com?\.)?[a-z]{2,3}$/;
const MAIL = /^(mail|outlook|webmail|email)\./;
/** The same, as a campaign calls them. */
const SEARCH_NAME = /^(google|bing|duckduckgo|yahoo|yandex|baidu|ecosia|qwant|startpage|naver|seznam|brave)$/;
const SOCIAL_NAME =
  /^(facebook|fb|instagram|ig|twitter|x|linkedin|pinterest|reddit|tiktok|youtube|snapchat|threads|vk|whatsapp|tumblr|quora|bsky)$/;

const PAID_MEDIUM = /^(cpc|ppc|cpv|cpa|sem|paid.*|paidsearch)$/;
/** In the address of a page that an advertisement led to. */
const PAID_CLICK = /[?&](gclid|gbraid|wbraid|msclkid|dclid|yclid)=/;
const SOCIAL_CLICK = /[?&](fbclid|ttclid|twclid|li_fat_id|igshid)=/;

/**
 * The shop's rule for channels, used where an event brings none; docs/collect.md has it as a table. Null where the event
 * says nothing about where it came from, such as one that a server sends.
 *
 * @example channelOf({ referrer: 'https://www.google.com/', page_url: 'https://shop.example/' }) // 'organic_search'
 */
export function channelOf({ page_url, referrer, utm_source, utm_medium }: Origin): string | null {
  const [source, medium] = [utm_source?.toLowerCase() ?? '', utm_medium?.toLowerCase() ?? ''];
  const from = hostOf(referrer);
  if (source !== '' || medium !== '') return ofCampaign(source, medium, from);
  if (page_url !== undefined && PAID_CLICK.test(page_url)) return 'paid_search';
  if (page_url !== undefined && SOCIAL_CLICK.test(page_url)) return 'social';
  if (from !== null) return from === hostOf(page_url) ? 'internal' : ofSite(from);
  return page_url === undefined ? null : 'direct';
}

function ofCampaign(source: string, medium: string, from: string | null): string {
  if (/^(e-?mail|e_mail|newsletter)$/.test(medium) || /^(e-?mail|newsletter)$/.test(source)) return 'email';
  if (/^affiliates?$/.test(medium)) return 'affiliate';
  if (/^(display|banner|cpm|expandable|interstitial)$/.test(medium)) return 'display';
  if (/^(social|social-network|social-media|sm|social network|social media)$/.test(medium)) return 'social';
  const social = SOCIAL_NAME.test(source) || SOCIAL.test(source);
  if (PAID_MEDIUM.test(medium)) return social ? 'social' : 'paid_search';
  if (medium === 'organic') return social ? 'social' : 'organic_search';
  if (medium === 'referral' || medium === 'link') return social ? 'social' : 'referral';
  if (social) return 'social';
  if (SEARCH_NAME.test(source) || SEARCH.test(source)) return 'organic_search';
  return from === null ? 'referral' : ofSite(from);
}

function ofSite(host: string): string {
  if (MAIL.test(host)) return 'email';
  if (SEARCH.test(host)) return 'organic_search';
  return SOCIAL.test(host) ? 'social' : 'referral';
}

/** The host of an address, in lower case and without `www.`; null where it has none. */
function hostOf(address: string | undefined): string | null {
  const host = /^(?:[a-z][a-z\d+.-]*:)?\/\/(?:[^/?#@]*@)?([^/?#:]+)/i.exec(address ?? '')?.[1];
  return host === undefined ? null : host.toLowerCase().replace(/^www\./, '');
}
