/** A fenced block of a Markdown page. */
export interface Snippet {
  /** `page:line` of the opening fence. */
  readonly where: string;
  /** First word after the fence: `sh`, `ts`, `json`, ... */
  readonly language: string;
  /** The words after it, such as `run`. */
  readonly flags: readonly string[];
  readonly text: string;
}

/** All fenced blocks of a page, also indented ones inside lists. */
export const snippetsOf = (page: string, markdown: string): Snippet[] => {
  const snippets: Snippet[] = [];
  let open: {
    fence: string;
    indent: string;
    where: string;
    language: string;
    flags: string[];
    lines: string[];
  } | null = null;
  for (const [index, line] of markdown.split('\n').entries()) {
    const [, indent = '', fence = '', info = ''] = /^(\s*)(`{3,}|~{3,})(.*)$/.exec(line) ?? [];
    if (open === null) {
      if (fence === '') continue;
      const [language = '', ...flags] = info.trim().split(/\s+/);
      open = { fence, indent, where: `${page}:${index + 1}`, language, flags, lines: [] };
    } else if (fence.startsWith(open.fence) && info.trim() === '') {
      const { where, language, flags, lines } = open;
      snippets.push({ where, language, flags, text: `${lines.join('\n')}\n` });
      open = null;
    } else {
      open.lines.push(line.startsWith(open.indent) ? line.slice(open.indent.length) : line);
    }
  }
  if (open !== null) throw new Error(`${open.where}: the block is not closed`);
  return snippets;
};
