import type {TextRange} from './ranges.js';

/** What a model thinks before it answers, with the markers around it. Places are in UTF-16 units. */
export interface ThinkingBlock {
  /** Where its opening marker begins; 0 if that stands in the prompt. */
  start: number;
  contentStart: number;
  contentEnd: number;
  /** Where its closing marker ends; the end of the text if it is not closed. */
  end: number;
}

// Opening and closing markers of one kind; the last kind is that of gpt-oss.
const markers =
  /(?<open><(?:seed:)?(?:think|thinking|thought|reasoning)>|\[THINK\]|<\|begin_of_thought\|>|<\|channel\|>analysis<\|message\|>|◁think▷)|(?<close><\/(?:seed:)?(?:think|thinking|thought|reasoning)>|\[\/THINK\]|<\|end_of_thought\|>|<\|end\|>(?:<\|start\|>assistant)?(?:<\|channel\|>final<\|message\|>)?|◁\/think▷)/g;

/**
 * Finds the thinking blocks of a response: between `<think>` and `</think>` and markers like them. A block that is not
 * closed goes up to the end; one that is only closed begins with the response, since a template may open it in the
 * prompt. Takes time linear in the text.
 */
export function thinkingBlocks(text: string): ThinkingBlock[] {
  const blocks: ThinkingBlock[] = [];
  let open: ThinkingBlock | undefined;
  for (const {0: marker, index, groups} of text.matchAll(markers)) {
    const end = index + marker.length;
    if (groups?.open !== undefined) {
      open ??= {start: index, contentStart: end, contentEnd: text.length, end: text.length};
    } else if (open) {
      blocks.push({...open, contentEnd: index, end});
      open = undefined;
    } else if (blocks.length === 0 && !marker.startsWith('<|end|>')) {
      blocks.push({start: 0, contentStart: 0, contentEnd: index, end});
    }
  }

  return open ? [...blocks, open] : blocks;
}

/**
 * Joins pieces that hold nothing but the markers of a thinking block to their neighbours: an opening marker to what is
 * thought first, a closing one to what is thought last. The markers of an empty block are one piece.
 *
 * @param text - the whole text
 * @param pieces - in order, not overlapping, none blank
 */
export function withoutLoneMarkers(text: string, pieces: readonly TextRange[]): TextRange[] {
  const joined: TextRange[] = [];
  let isOpen = false;
  for (const piece of pieces) {
    const lone = loneMarker(text.slice(piece.start, piece.end));
    const before = joined.at(-1);
    if (before && (isOpen || lone === 'close')) {
      before.end = piece.end;
    } else {
      joined.push({...piece});
    }

    isOpen = lone === 'open';
  }

  return joined;
}

function loneMarker(piece: string): 'open' | 'close' | undefined {
  const trimmed = piece.trim();
  const match = trimmed.length < 60 ? [...trimmed.matchAll(markers)] : [];
  if (match.length !== 1 || match[0]![0] !== trimmed) {
    return undefined;
  }

  return match[0]!.groups?.open === undefined ? 'close' : 'open';
}
