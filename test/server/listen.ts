/** A server-sent event. */
export interface ServerEvent {
  readonly kind: string;
  readonly id: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** Reads server-sent events until told to stop. */
export async function* listen(
  url: string,
  headers: Record<string, string>,
  signal: AbortSignal,
): AsyncGenerator<ServerEvent> {
  const answer = await fetch(url, { headers, signal });
  if (answer.body === null || answer.status !== 200) throw new Error(`${url} answers ${answer.status}`);
  let text = '';
  for await (const bytes of answer.body.pipeThrough(new TextDecoderStream())) {
    text += bytes;
    for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
      const lines = text.slice(0, end).split('\n');
      text = text.slice(end + 2);
      const field = (name: string) => lines.find((line) => line.startsWith(`${name}: `))?.slice(name.length + 2);
      const [kind, id, data] = ['event', 'id', 'data'].map(field);
      if (kind === undefined || id === undefined || data === undefined) continue;
      yield { kind, id, data: JSON.parse(data) as ServerEvent['data'] };
    }
  }
}
