/** Problems that the bundled base may get right or wrong, with two responses to each of both kinds. */
export function labelledProblems() {
  return [
    [12, 5],
    [31, 8],
    [7, 46],
  ].map(([one, other]) => {
    const sum = one! + other!;
    const answer = (result: number) =>
      `Step 1: ${one} + ${other} = ${result}, so ${result}\n\nAnswer: ${result}`;
    return {
      prompt: `Compute ${one} + ${other}`,
      responses: [
        {text: answer(sum), correct: true},
        {text: `Answer: ${sum}`, correct: true},
        {text: answer(sum - 10), correct: false},
        {text: `Answer: ${sum + 1}`, correct: false},
      ],
    };
  });
}
