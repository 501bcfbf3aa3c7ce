import {ComputeEngine} from '@cortex-js/compute-engine';
import {answerJobs} from '../../utils/worker-answers.js';
import {parseAnswer} from '../equality/parse-answer.js';
import {plainAnswer} from '../equality/plain-answer.js';
import {sameTrees} from './same-trees.js';

const engine = new ComputeEngine();

answerJobs(([a, b]: [string, string]) =>
  sameTrees(engine, parseAnswer(plainAnswer(a)), parseAnswer(plainAnswer(b))),
);
