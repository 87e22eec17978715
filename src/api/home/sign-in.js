const element = (id) => document.getElementById(id);
const [form, name, password, message] = ['form', 'name', 'password', 'message'].map(element);
const button = form.querySelector('button');

// What follows # is sent to no server; it is taken from the address before anybody can look over a shoulder.
const link = location.hash.slice(1);
if (link !== '') {
  history.replaceState(null, '', location.pathname);
  element('title').textContent = 'Set your password';
  button.textContent = 'Set it and sign in';
  password.autocomplete = 'new-password';
  element('rule').hidden = false;
}

form.addEventListener('submit', async (event) => {
  event.preventDefault();
  button.disabled = true;
  message.hidden = true;
  const given = { name: name.value, password: password.value };
  const asked = link === '' ? ask('POST', '/v1/session', given) : ask('POST', '/v1/session/link', { link, ...given });
  const { ok, body } = await asked.catch(() => ({ ok: false, body: { detail: 'the server does not answer' } }));
  button.disabled = false;
  if (ok) return show(body);
  message.textContent = [body.detail, body.hint].filter(Boolean).join('; ');
  message.hidden = false;
  password.select();
});

element('out').addEventListener('click', async () => {
  await ask('DELETE', '/v1/session');
  location.reload();
});

const { ok, body } = await ask('GET', '/v1/session').catch(() => ({ ok: false }));
if (ok && link === '') show(body);

async function ask(method, path, given) {
  const sent =
    given === undefined ? {} : { body: JSON.stringify(given), headers: { 'content-type': 'application/json' } };
  const answer = await fetch(path, { method, ...sent });
  const text = await answer.text();
  return { ok: answer.ok, body: text === '' ? {} : JSON.parse(text) };
}

function show({ name: known, role }) {
  form.hidden = true;
  element('title').textContent = 'Signed in';
  element('who').textContent = `${known}, with the role ${role}.`;
  element('known').hidden = false;
}
