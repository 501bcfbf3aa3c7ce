import type {SearchNode} from '../search-node.js';
import type {SearchRun} from '../search-run.js';
import type {CheckedMethod} from '../search-schema.js';
import type {SearchEvent} from '../search-types.js';

/**
 * Beam search: each of `n / beamWidth` responses goes on in `beamWidth` ways, and the best `n / beamWidth` of all that are
 * not finished are kept. The first step is written in `n` ways. Ends with `n` finished responses.
 */
export async function* beam(
  run: SearchRun,
  {n, beamWidth, lookahead}: CheckedMethod<'beam'>,
): AsyncGenerator<SearchEvent, void> {
  let beams: SearchNode[] = [run.root];
  while (beams.length > 0 && run.finished < n) {
    const expansions = beams.map(node => ({node, ways: node === run.root ? n : beamWidth}));
    const children = new Set((yield* run.expandAll(expansions)).flat());
    const open = [...children].filter(({state}) => state === 'open');
    yield* run.lookAhead(open, lookahead);
    const ranked = open.toSorted((a, b) => b.value - a.value);
    beams = ranked.slice(0, n / beamWidth);
    yield* run.prune(ranked.slice(n / beamWidth));
  }
}
