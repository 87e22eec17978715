/** The page at `/`: what may be known without a key, looked at again every other second while somebody looks. */
const EVERY = 2000;
const whole = new Intl.NumberFormat();
const one = new Intl.NumberFormat(undefined, { maximumFractionDigits: 1 });
const clock = new Intl.DateTimeFormat(undefined, { timeStyle: 'medium' });
const at = (id) => document.getElementById(id);
const put = (id, text) => {
  at(id).textContent = text;
};

for (const each of document.querySelectorAll('.origin')) each.textContent = location.origin;
for (const each of document.querySelectorAll('.now')) each.textContent = `${new Date().toISOString().slice(0, 19)}Z`;

let last;
async function look() {
  try {
    const { ready, reasons } = await (await fetch('/v1/health/ready', { cache: 'no-store' })).json();
    say(ready ? 'ready' : 'not-ready', ready ? 'running' : 'not ready', reasons.join('; '));
    const answer = await fetch('/v1/demo', { cache: 'no-store' });
    if (answer.status === 200) show(await answer.json());
  } catch {
    say('gone', 'does not answer', '');
  }
}

function say(state, text, reasons) {
  if (at('state').textContent !== text) put('state', text);
  at('state').dataset.state = state;
  at('reasons').hidden = reasons === '';
  put('reasons', reasons);
}

function show({ demo, events, open_sessions, last_event_time }) {
  at('demo').hidden = !demo;
  if (!demo) return;
  const now = performance.now();
  put('events', whole.format(events));
  if (last !== undefined) put('rate', one.format(Math.max(0, ((events - last.events) * 1000) / (now - last.now))));
  last = { events, now };
  put('sessions', whole.format(open_sessions));
  put('last', last_event_time === null ? '–' : clock.format(new Date(last_event_time)));
}

await look();
setInterval(() => document.hidden || look(), EVERY);
