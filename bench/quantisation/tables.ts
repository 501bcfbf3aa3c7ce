import type {Estimate} from '../../lib/index.js';
import {markdownTable} from '../table.js';
import type {PairResult} from './pair-results.js';
import type {Study} from './study.js';
import {weightTypes} from './weight-types.js';

/** The study's numbers as Markdown tables. */
export function tables(study: Study): string {
  return [
    `${study.traces} traces and ${study.problems} problems of 16 responses. A step's reward is ${study.meanReward.toFixed(2)} on average, whatever its sign.`,
    'What each type of weights consists of:',
    typeTable(study),
    'Both models of one type, against F32:',
    pairTable(study.results.filter(({policy, reference}) => policy === reference)),
    'Mean error of a step reward, policy down, reference across:',
    matrix(study, ({stepError}) => error(stepError.mean)),
    'Rank correlation of step rewards with those of F32:',
    matrix(study, ({stepRankCorrelation}) => stepRankCorrelation.toFixed(4)),
    'F1 in %, the threshold chosen with the same pair:',
    matrix(study, ({f1}) => percent(f1.value)),
    'F1 in %, with the threshold that F32 chose:',
    matrix(study, ({f1AtExactThreshold}) => percent(f1AtExactThreshold.value)),
    'Best of 16 in %, and on how many problems another response is chosen than by F32:',
    matrix(study, ({bestOf16, otherChoices}) => `${percent(bestOf16.value)} (${otherChoices})`),
    'Mean errors of a token in nats, by model, and how far those of the two models agree:',
    modelTable(study),
  ].join('\n\n');
}

function typeTable({variants}: Study): string {
  const percentages = (shares: Record<string, number>) =>
    Object.entries(shares)
      .sort(([, a], [, b]) => b - a)
      .map(([type, share]) => `${type} ${percent(share)} %`)
      .join(', ');
  return markdownTable(
    ['type', 'share of the parameters'],
    variants.map(({type, shares}) => [type, percentages(shares)]),
  );
}

function pairTable(results: readonly PairResult[]): string {
  const header = [
    'type',
    'token, nats: mean',
    '99 %',
    'greatest',
    'step: mean',
    '99 %',
    'greatest',
    'rank correlation of steps',
    'of scores',
    'F1, %',
    'best of 16, %',
  ];
  const rows = results.map(({policy, tokenError, stepError, f1, bestOf16, ...ranks}) => [
    policy,
    ...[tokenError, stepError].flatMap(({mean, percentile99, greatest}) =>
      [mean, percentile99, greatest].map(error),
    ),
    ranks.stepRankCorrelation.toFixed(4),
    ranks.scoreRankCorrelation.toFixed(4),
    interval(f1),
    interval(bestOf16),
  ]);
  return markdownTable(header, rows);
}

function modelTable({errors, adapterErrors}: Study): string {
  const header = [
    'type',
    'log π_θ',
    'log π_ref',
    'correlation of the two',
    'log-ratio',
    'log-ratio, reference F32',
  ];
  const row = (
    name: string,
    {policy, reference, correlation, ratio, mixedRatio}: Study['errors'][number],
  ) => [
    name,
    error(policy.mean),
    error(reference.mean),
    correlation.toFixed(2),
    error(ratio.mean),
    error(mixedRatio.mean),
  ];
  return markdownTable(header, [
    ...errors.map(errors => row(errors.type, errors)),
    ...adapterErrors.map(errors => row(`${errors.type}, policy = reference + adapter`, errors)),
  ]);
}

function matrix({results}: Study, cell: (result: PairResult) => string): string {
  const find = (policy: string, reference: string) =>
    results.find(result => result.policy === policy && result.reference === reference)!;
  return markdownTable(
    ['policy \\ reference', ...weightTypes],
    weightTypes.map(policy => [policy, ...weightTypes.map(reference => cell(find(policy, reference)))]),
  );
}

/** Two digits that count. */
function error(value: number): string {
  return value === 0 ? '0' : value < 1e-4 ? value.toExponential(1) : String(Number(value.toPrecision(2)));
}

function percent(share: number): string {
  return (100 * share).toFixed(1);
}

function interval({value, low, high}: Estimate): string {
  return `${percent(value)} (${(100 * low).toFixed(0)}–${(100 * high).toFixed(0)})`;
}
