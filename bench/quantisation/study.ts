import {describeModels} from '../../lib/index.js';
import {arithmeticPair, loraFile} from '../../test/helpers/pairs.js';
import {buildTools} from '../build-tools.js';
import {makeVariant, type Variant} from './make-variant.js';
import {type ModelErrors, modelErrors} from './model-errors.js';
import {type PairResult, pairResults} from './pair-results.js';
import {type ScoredData, scoreVariant} from './score-variant.js';
import {readTestData, type TestData} from './test-data.js';
import {type WeightType, weightTypes} from './weight-types.js';

/** What the study found. */
export interface Study {
  variants: Pick<Variant, 'type' | 'shares'>[];
  traces: number;
  problems: number;
  /** Of all steps with the exact pair, in units of reward: what errors are to be compared with. */
  meanReward: number;
  errors: ModelErrors[];
  /** The same of a base and an adapter, where policy and reference have the same quantised weights. */
  adapterErrors: ModelErrors[];
  results: PairResult[];
}

/** Quantises, scores and compares. Takes five minutes of one core. */
export async function study(problems: number): Promise<Study> {
  const data = readTestData(problems);
  const {quantize} = buildTools();
  const variants = weightTypes.map(type => makeVariant(type, quantize));
  const scored = await scoreAll(variants, data);
  const {models} = await describeModels([arithmeticPair().policy]);
  const {results, meanReward} = pairResults(scored, data, models[0]!.beta!);
  const adapted = variants
    .filter(({type}) => ['F32', 'Q8_0', 'Q4_0'].includes(type))
    .map(variant => ({...variant, policy: variant.reference, lora: loraFile}));
  const some = {traces: data.traces.slice(0, 300), problems: []};
  return {
    variants: variants.map(({type, shares}) => ({type, shares})),
    traces: data.traces.length,
    problems: data.problems.length,
    meanReward,
    errors: modelErrors(scored),
    adapterErrors: modelErrors(await scoreAll(adapted, some)),
    results,
  };
}

async function scoreAll(variants: readonly Variant[], data: TestData): Promise<Map<WeightType, ScoredData>> {
  const scored = new Map<WeightType, ScoredData>();
  for (const variant of variants) {
    console.error(`scoring ${variant.type}${variant.lora ? ' with an adapter' : ''}`);
    scored.set(variant.type, await scoreVariant(variant, data));
  }

  return scored;
}
