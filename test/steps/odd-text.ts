import fc from 'fast-check';

const fragments = [
  ...['a', 'b.', '1', '. ', '-', '#', '**', 'é', '×', '数学', '😀', '👩‍🔬', '\uFEFF', '\u3000', '\u2028'],
  ...[' ', '\t', '  ', '\r', '\n', '\r\n', '\n\n', '\r\n\r\n', '\n \n', '\n\t'],
  ...['Step 1:', '\nStep 2.', '\n**Step 3:**', '\n  ### step 4)', 'Step x:'],
];

/** Text of the kind that breaks splitters: line ends of all sorts, labels, emoji, several bytes a character. */
export const oddText: fc.Arbitrary<string> = fc
  .array(fc.oneof({weight: 9, arbitrary: fc.constantFrom(...fragments)}, fc.string({unit: 'grapheme'})), {
    maxLength: 24,
  })
  .map(parts => parts.join(''));
