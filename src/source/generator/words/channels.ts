/** How visits begin: the channel, where the visit came from, and the share of visits in a thousand. */
interface Channel {
  readonly channel: string;
  readonly referrer: string;
  readonly source: string;
  readonly medium: string;
  readonly weight: number;
  /** Campaigns run through this channel; a visit by it belongs to one of those of the season. */
  readonly paid: boolean;
}

const channel = (
  name: string,
  referrer: string,
  source: string,
  medium: string,
  weight: number,
  paid = false,
): Channel => ({
  channel: name,
  referrer,
  source,
  medium,
  weight,
  paid,
});

export const CHANNELS: readonly Channel[] = [
  channel('direct', '', '', '', 310),
  channel('organic_search', 'https://www.google.com/', '', '', 250),
  channel('organic_search', 'https://duckduckgo.com/', '', '', 25),
  channel('paid_search', 'https://www.google.com/', 'google', 'cpc', 140, true),
  channel('paid_search', 'https://www.bing.com/', 'bing', 'cpc', 25, true),
  channel('email', '', 'newsletter', 'email', 80, true),
  channel('social', 'https://www.instagram.com/', 'instagram', 'social', 45, true),
  channel('social', 'https://www.facebook.com/', 'facebook', 'social', 40, true),
  channel('affiliate', 'https://deals.example/', 'deals', 'affiliate', 35, true),
  channel('display', 'https://news.example/', 'news', 'display', 25, true),
  channel('referral', 'https://reviews.example/', '', '', 25),
];

/** Campaigns by the month (0 = January) in which they run. */
export const CAMPAIGNS: readonly (readonly string[])[] = [
  ['winter-sale', 'new-year'],
  ['valentine', 'winter-sale'],
  ['spring-start', 'loyalty'],
  ['spring-start', 'easter'],
  ['spring-sale', 'mothers-day'],
  ['summer-start', 'fathers-day'],
  ['summer-sale', 'prime-week'],
  ['back-to-school', 'summer-sale'],
  ['back-to-school', 'autumn-start'],
  ['autumn-sale', 'loyalty'],
  ['black-friday', 'autumn-sale'],
  ['christmas', 'last-minute'],
];
