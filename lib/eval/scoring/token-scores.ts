import type {ScoredTokens} from '../../score/score-types.js';

/** What the models said of a response, whatever its steps: enough for every reward. */
export type TokenScores = Pick<ScoredTokens, 'starts' | 'policyLogprobs' | 'referenceLogprobs'>;
