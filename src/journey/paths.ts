import type { Session } from '../store/session.ts';
import { byText } from './by-text.ts';
import { listsOf, pickSql } from './pick.ts';
import type { NodeBy, PathEdge, PathNode, PathsAnswer, PathsQuestion } from './question.ts';
import { type ListName, type Source, scopeSql, symbolSql } from './scope.ts';
import { type Relation, sourceFor, textsOf } from './source.ts';

const LIST: Readonly<Record<NodeBy, ListName>> = {
  type: 'types',
  category: 'categories',
  brand: 'brands',
  product: 'products',
};

/** Any node that is not named. */
const OTHER = 0;

/**
 * Steps of paths: how many (`paths`) go from `source` to `target`, `layer` being that of the source. Without a source
 * they begin with the target, which is in the layer after; without a target they end with the source, or are cut there.
 * Sessions that are alike, nearly all where nodes are types, are put together before they are looked into. Those without a path
 * are left out at the very end: a condition on what is made of the lists would be brought forward to every session.
 */
export function pathsSql(question: PathsQuestion, source: Source): string {
  const { of, by, start, end, depth, collapse, top, ...scope } = question;
  const list = LIST[by];
  const lists: readonly ListName[] = [list, ...listsOf(of)];
  const element = (name: ListName): string => (name === list ? 'x' : `${name}[i]`);
  const kept = `list_filter(${list}, lambda x, i: x IS NOT NULL AND ${pickSql(of, source, element)})`;
  const nodes = collapse ? `list_filter(k, lambda x, i: i = 1 OR x <> k[i - 1])` : 'k';
  const begun =
    start === undefined
      ? 'c'
      : `CASE WHEN list_contains(c, ${symbolSql(start, source)}) THEN c[list_position(c, ${symbolSql(start, source)}):] END`;
  const ended =
    end === undefined
      ? 's'
      : `CASE WHEN list_contains(s, ${symbolSql(end, source)}) THEN s[:list_position(s, ${symbolSql(end, source)})] END`;
  const fromEnd = end !== undefined && start === undefined;
  const fitting = `CASE WHEN len(e) > ${depth} THEN e[${fromEnd ? `-${depth}:` : `:${depth}`}] ELSE e END`;
  // With both ends given, a path that is longer than what is shown does not reach its end.
  const shown = end !== undefined && start !== undefined ? `CASE WHEN len(e) <= ${depth} THEN e END` : fitting;
  const cut = fromEnd ? 'FALSE' : `len(e) > ${depth}`;
  const tables = [
    `alike AS (SELECT ${[...new Set(lists)].join(', ')}, count(*) AS sessions FROM (${scopeSql(scope, lists, source)}) GROUP BY ALL)`,
    `path AS MATERIALIZED (SELECT ${shown} AS p, ${cut} AS cut, sum(sessions) AS paths FROM (SELECT ${ended} AS e, sessions FROM (SELECT ${begun} AS s, sessions FROM (SELECT ${nodes} AS c, sessions FROM (SELECT ${kept} AS k, sessions FROM alike)))) GROUP BY ALL)`,
    `named AS (SELECT node FROM (SELECT unnest(p) AS node, paths FROM path) GROUP BY node ORDER BY sum(paths) DESC, (SELECT text FROM symbol WHERE id = node) LIMIT ${top})`,
    `step AS (SELECT unnest(list_prepend(NULL, f)) AS source, unnest(list_append(f, NULL)) AS target, generate_subscripts(list_append(f, NULL), 1) - 1${fromEnd ? ' - len(f)' : ''} AS layer, cut, paths FROM (SELECT list_transform(p, lambda x: CASE WHEN list_contains(known, x) THEN x ELSE ${OTHER} END) AS f, cut, paths FROM (SELECT *, (SELECT list(node) FROM named) AS known FROM path)))`,
  ];
  return `WITH ${tables.join(', ')} SELECT layer, source, target, cut AND target IS NULL AS cut, sum(paths)::BIGINT AS paths FROM step WHERE source IS NOT NULL OR target IS NOT NULL GROUP BY ALL`;
}

interface Step {
  readonly layer: number;
  readonly source: number | null;
  readonly target: number | null;
  readonly cut: boolean;
  readonly paths: number;
}

/** What paths run along, as nodes and edges (semantics, "Counting kernel"). */
export async function paths(session: Session, relation: Relation, question: PathsQuestion): Promise<PathsAnswer> {
  const source = await sourceFor(session, relation, question);
  const steps = (await session.rows(pathsSql(question, source))).map(
    (row): Step => ({
      layer: Number(row['layer']),
      source: row['source'] === null ? null : Number(row['source']),
      target: row['target'] === null ? null : Number(row['target']),
      cut: row['cut'] === true,
      paths: Number(row['paths']),
    }),
  );
  const texts = await textsOf(
    session,
    steps.flatMap((step) => [step.source, step.target]),
  );
  return answerOf(steps, (id) => texts.get(id) ?? null);
}

/** Nodes are what steps lead into and out of, so that the two agree by themselves. */
function answerOf(steps: readonly Step[], text: (id: number) => string | null): PathsAnswer {
  const nodes = new Map<string, { -readonly [K in keyof PathNode]: PathNode[K] }>();
  const nodeAt = (layer: number, id: number) => {
    const key = `${layer}/${id}`;
    const known = nodes.get(key) ?? { layer, node: text(id), count: 0, started: 0, ended: 0, cut: 0 };
    nodes.set(key, known);
    return known;
  };
  const edges: PathEdge[] = [];
  let sessions = 0;
  for (const { layer, source, target, cut, paths } of steps) {
    if (target !== null) nodeAt(layer + 1, target).count += paths;
    if (source === null && target !== null) {
      nodeAt(layer + 1, target).started += paths;
      sessions += paths;
    }
    if (source !== null && target === null) {
      nodeAt(layer, source).ended += paths;
      if (cut) nodeAt(layer, source).cut += paths;
    }
    if (source !== null && target !== null)
      edges.push({ layer, source: text(source), target: text(target), count: paths });
  }
  return {
    sessions,
    nodes: [...nodes.values()].sort((a, b) => a.layer - b.layer || b.count - a.count || byText(a.node, b.node)),
    edges: edges.sort(
      (a, b) => a.layer - b.layer || b.count - a.count || byText(a.source, b.source) || byText(a.target, b.target),
    ),
  };
}
