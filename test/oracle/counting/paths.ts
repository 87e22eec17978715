import type { NodeBy, PathEdge, PathNode, PathsAnswer, PathsQuestion } from '../../../src/journey/question.ts';
import { compare } from './funnel.ts';
import { inScope, type Journey, type JourneyEvent, picked } from './journey.ts';

const NAME: Readonly<Record<NodeBy, (event: JourneyEvent) => string | null>> = {
  type: ({ type }) => type,
  category: ({ category }) => category,
  brand: ({ brand }) => brand,
  product: ({ product }) => product,
};

interface Path {
  readonly nodes: readonly string[];
  /** Goes on beyond what is shown. */
  readonly cut: boolean;
}

function pathOf(journey: Journey, { of, by, start, end, depth, collapse }: PathsQuestion): Path | null {
  const all = journey.events
    .filter((event) => picked(event, of))
    .map(NAME[by])
    .filter((node) => node !== null);
  let nodes = collapse ? all.filter((node, i) => i === 0 || node !== all[i - 1]) : all;
  if (start !== undefined) {
    if (!nodes.includes(start)) return null;
    nodes = nodes.slice(nodes.indexOf(start));
  }
  if (end !== undefined) {
    if (!nodes.includes(end)) return null;
    nodes = nodes.slice(0, nodes.indexOf(end) + 1);
  }
  if (nodes.length === 0) return null;
  if (end === undefined) return { nodes: nodes.slice(0, depth), cut: nodes.length > depth };
  if (start === undefined) return { nodes: nodes.slice(-depth), cut: false };
  return nodes.length > depth ? null : { nodes, cut: false };
}

export function pathsOracle(journeys: readonly Journey[], question: PathsQuestion): PathsAnswer {
  const paths = inScope(journeys, question).flatMap((journey) => pathOf(journey, question) ?? []);
  const count = new Map<string, number>();
  for (const { nodes } of paths) for (const node of nodes) count.set(node, (count.get(node) ?? 0) + 1);
  const named = new Set(
    [...count]
      .sort(([a, n], [b, m]) => m - n || compare(a, b))
      .slice(0, question.top)
      .map(([node]) => node),
  );
  const shift = (nodes: readonly string[]) =>
    question.end !== undefined && question.start === undefined ? nodes.length : 0;
  const nodes = new Map<string, { -readonly [K in keyof PathNode]: PathNode[K] }>();
  const edges = new Map<string, { -readonly [K in keyof PathEdge]: PathEdge[K] }>();
  for (const path of paths) {
    const shown = path.nodes.map((node) => (named.has(node) ? node : null));
    shown.forEach((node, i) => {
      const layer = i + 1 - shift(path.nodes);
      const key = JSON.stringify([layer, node]);
      const known = nodes.get(key) ?? { layer, node, count: 0, started: 0, ended: 0, cut: 0 };
      nodes.set(key, known);
      known.count += 1;
      if (i === 0) known.started += 1;
      if (i === shown.length - 1) known.ended += 1;
      if (i === shown.length - 1 && path.cut) known.cut += 1;
      if (i === shown.length - 1) return;
      const edge = JSON.stringify([layer, node, shown[i + 1]]);
      const along = edges.get(edge) ?? { layer, source: node, target: shown[i + 1] ?? null, count: 0 };
      edges.set(edge, along);
      along.count += 1;
    });
  }
  return {
    sessions: paths.length,
    nodes: [...nodes.values()].sort((a, b) => a.layer - b.layer || b.count - a.count || compare(a.node, b.node)),
    edges: [...edges.values()].sort(
      (a, b) => a.layer - b.layer || b.count - a.count || compare(a.source, b.source) || compare(a.target, b.target),
    ),
  };
}
