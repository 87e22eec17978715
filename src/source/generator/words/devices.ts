/** Device and browser of a visit, with its share in a thousand. */
interface Device {
  readonly device: string;
  readonly browser: string;
  readonly weight: number;
}

const device = (name: string, browser: string, weight: number): Device => ({ device: name, browser, weight });

export const DEVICES: readonly Device[] = [
  device('mobile', 'Chrome', 330),
  device('mobile', 'Safari', 240),
  device('mobile', 'Samsung Internet', 40),
  device('desktop', 'Chrome', 230),
  device('desktop', 'Safari', 50),
  device('desktop', 'Edge', 50),
  device('desktop', 'Firefox', 30),
  device('tablet', 'Safari', 30),
  device('desktop', 'HeadlessChrome', 0),
];

/** What crawlers use: an index of DEVICES. */
export const CRAWLER_DEVICE = DEVICES.length - 1;

export const PAYMENT_METHODS = ['card', 'paypal', 'apple_pay', 'google_pay', 'bank_transfer', 'gift_card'] as const;
