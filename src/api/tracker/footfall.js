// Tells the shop's server what happens on a page. Sets no cookies: a visitor is known by an id that lasts as long as the
// tab. Does nothing for visitors who ask not to be tracked (Do Not Track, Global Privacy Control). What could not be sent
// waits in the browser; what is sent twice is known by its id and counted once.
//
//   <script async src="https://SERVER/footfall.js" data-key="INGEST KEY"></script>
//   footfall.view({ product_id: 'p-1', price: 79.99, currency: 'USD' })
(() => {
  const { src, dataset } = document.currentScript;
  const url = new URL('/v1/batch', src).href;
  const quiet = navigator.globalPrivacyControl || navigator.doNotTrack === '1';
  const QUEUE = 'footfall.queue';
  const VISITOR = 'footfall.visitor';
  const MOST = 500;
  const AT_ONCE = 40;

  /** Storage, or as much of it as a browser that denies it allows. */
  const storage = (name) => {
    try {
      window[name].setItem('footfall', '');
      window[name].removeItem('footfall');
      return window[name];
    } catch {
      const kept = {};
      return { getItem: (key) => kept[key], setItem: (key, value) => (kept[key] = value) };
    }
  };
  const queued = storage('localStorage');
  const tab = storage('sessionStorage');
  const read = () => {
    try {
      return JSON.parse(queued.getItem(QUEUE)) || [];
    } catch {
      return [];
    }
  };
  const write = (messages) => {
    try {
      queued.setItem(QUEUE, JSON.stringify(messages.slice(-MOST)));
    } catch {
      // The browser's storage is full: what is in it stays.
    }
  };
  const random = () =>
    Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
  const visitor = () => {
    const known = tab.getItem(VISITOR) || random();
    tab.setItem(VISITOR, known);
    return known;
  };

  let user;
  let wait = 200;
  let timer;
  let busy = false;
  const bodyOf = (batch) => JSON.stringify({ writeKey: dataset.key, sentAt: new Date().toISOString(), batch });
  const later = () => {
    clearTimeout(timer);
    timer = setTimeout(send, wait);
  };
  async function send() {
    const batch = read().slice(0, AT_ONCE);
    if (busy || batch.length === 0) return;
    busy = true;
    try {
      const { ok, status } = await fetch(url, { method: 'POST', body: bodyOf(batch), keepalive: true });
      // Of what is refused for good, another try would be, too.
      if (!ok && (status >= 500 || status === 429 || status === 408)) throw status;
      const ids = new Set(batch.map(({ messageId }) => messageId));
      write(read().filter(({ messageId }) => !ids.has(messageId)));
      wait = 200;
    } catch {
      wait = Math.min(wait * 2, 60_000);
    }
    busy = false;
    if (read().length > 0) later();
  }

  const tell = (type, event, properties = {}) => {
    if (quiet) return;
    const page = { url: location.href, referrer: document.referrer, title: document.title };
    const message = { type, event, messageId: random(), anonymousId: visitor(), userId: user, properties };
    write([...read(), { ...message, timestamp: new Date().toISOString(), context: { page } }]);
    later();
  };
  const track = (event, properties) => tell('track', event, properties);

  const footfall = {
    /** Any event, by its type. */
    track,
    /** The page as it is now; told by itself when the script begins, unless it has `data-auto="off"`. */
    page: (properties) => tell('page', undefined, properties),
    /** A product is looked at: `product_id`, `name`, `category`, `brand`, `price`, `currency`. */
    view: (product) => track('view', product),
    /** A product goes into the cart, with `quantity`. */
    cart: (product) => track('cart_add', product),
    /** A product is taken out of the cart. */
    remove: (product) => track('cart_remove', product),
    /** An order: `order_id`, `currency`, `tax`, `shipping`, and `products` with `quantity`. */
    purchase: (order) => track('purchase', order),
    /** From here on, events are of this user. */
    user: (id) => {
      user = id;
    },
    /** For pages that do not wait for the script: `(window.footfall ||= []).push(['view', product])`. */
    push: ([name, ...given]) => footfall[name](...given),
  };
  const before = window.footfall;
  window.footfall = footfall;
  if (dataset.auto !== 'off') footfall.page();
  if (Array.isArray(before)) for (const call of before) footfall.push(call);

  if (quiet) return;
  // What the beacon takes stays queued: nobody tells whether it arrived.
  addEventListener('visibilitychange', () => {
    const batch = read().slice(0, AT_ONCE);
    if (document.visibilityState === 'hidden' && batch.length > 0) navigator.sendBeacon(url, bodyOf(batch));
  });
  addEventListener('online', () => {
    wait = 200;
    send();
  });
  later();
})();
