import {PairMismatchError} from '../../errors/pair-mismatch-error.js';
import {RemoteError} from '../../errors/remote-error.js';
import type {TokenSequence} from '../engine.js';
import type {Member} from './member.js';
import {RemoteMember} from './remote-member.js';

/** How many requests for each model are sent at once, to see whether the server keeps them apart. */
const copies = 4;
/** What the order of sums may change in 32 bits, in nats of one token. */
const sameModel = 1e-4;
/** Beyond any difference that an order of sums makes, in nats of one token. */
const beyondRounding = 0.5;

/**
 * Asks for log-probabilities before anybody depends on them: whether the answers have the shape that they should, whether
 * policy and reference are two models, and, where they are at one URL, whether the server keeps them apart.
 *
 * @param tokens - those of any text, some dozens
 * @throws {@link RemoteError} with what is wrong with a server, {@link PairMismatchError}
 */
export async function probe(
  policy: Member,
  reference: Member | undefined,
  tokens: Int32Array,
  signal: AbortSignal | undefined,
): Promise<void> {
  const sequence = {tokens, from: 1};
  const alone = async (member: Member) => (await member.logprobs([sequence], {signal})).logprobs[0]!;
  const ofPolicy = await alone(policy);
  if (!reference) {
    return;
  }

  const ofReference = await alone(reference);
  if (greatest(ofPolicy, ofReference) < sameModel) {
    throw new PairMismatchError(
      `Policy and reference, ${nameOf(policy)} and ${nameOf(reference)}, give the same log-probabilities of every token: they ` +
        'are one model, or an adapter is not applied, and every reward would be 0.',
    );
  }

  if (policy instanceof RemoteMember && reference instanceof RemoteMember && shareServer(policy, reference)) {
    await requireApart(policy, reference, {sequence, ofPolicy, ofReference}, signal);
  }
}

function shareServer(policy: RemoteMember, reference: RemoteMember): boolean {
  return policy.model.server.url === reference.model.server.url;
}

function nameOf(member: Member): string {
  return member instanceof RemoteMember
    ? `${member.model.server.url}#${member.model.id}`
    : 'the model in this process';
}

/** Asks for both models at once, as they never are when anything is scored, and compares. */
async function requireApart(
  policy: RemoteMember,
  reference: RemoteMember,
  {
    sequence,
    ofPolicy,
    ofReference,
  }: {sequence: TokenSequence; ofPolicy: Float32Array; ofReference: Float32Array},
  signal: AbortSignal | undefined,
): Promise<void> {
  const stop = signal ?? new AbortController().signal;
  const answers = await Promise.all(
    Array.from({length: copies}, async () =>
      Promise.all([policy, reference].map(async member => (await member.ask([sequence], stop)).logprobs[0]!)),
    ),
  );
  for (const [both, own, other] of [
    [answers.map(([first]) => first!), ofPolicy, ofReference],
    [answers.map(([, second]) => second!), ofReference, ofPolicy],
  ] as const) {
    for (const found of both) {
      if (greatest(found, own) > beyondRounding || distance(found, other) < distance(found, own)) {
        throw mixedUp(policy, reference);
      }
    }
  }
}

function mixedUp(policy: RemoteMember, reference: RemoteMember): RemoteError {
  const {server, id} = policy.model;
  return new RemoteError(
    `${server.url}: the server mixes up ${id} and ${reference.model.id} where both are asked for at once: it gives other ` +
      'log-probabilities than one after the other. Whoever else asks it would spoil the rewards. Start vLLM with ' +
      '--max-loras 2 and one adapter, or serve the two models at different addresses; see docs/remote.md.',
    {url: server.url},
  );
}

function distance(left: Float32Array, right: Float32Array): number {
  return left.reduce((sum, value, index) => sum + Math.abs(value - right[index]!), 0);
}

function greatest(left: Float32Array, right: Float32Array): number {
  return left.reduce((most, value, index) => Math.max(most, Math.abs(value - right[index]!)), 0);
}
