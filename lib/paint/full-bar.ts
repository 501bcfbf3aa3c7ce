/**
 * The size of reward on from which the bars of some responses are full: the largest reward of their steps, but two nats
 * at least, so that a response in which nothing happens looks like one.
 *
 * @param responses - those to be compared
 * @param nat - the reward of one nat
 */
export function fullBar(responses: readonly {steps: readonly {reward: number}[]}[], nat: number): number {
  const sizes = responses.flatMap(({steps}) => steps.map(({reward}) => Math.abs(reward)));
  return sizes.reduce((largest, size) => Math.max(largest, size), 2 * nat);
}
