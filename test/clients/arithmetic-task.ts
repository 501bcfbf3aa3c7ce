import {writeFileSync} from 'node:fs';
import path from 'node:path';
import {readData, type Trace} from '../helpers/golden.js';
import {temporaryDirectory} from '../helpers/temporary-directory.js';

export const taskName = 'arithmetic_answers';

/** A question of the task, as it is in its file. */
export interface Question {
  /** The conversation up to the answer, by the model's template: the harness hands it on as it is. */
  context: string;
  choices: string[];
  /** The place of the true answer. */
  gold: number;
}

/**
 * A multiple-choice task for lm-evaluation-harness, made from the arithmetic traces: which answer follows these steps? Some
 * of the traces have gone wrong on the way, and the model follows them.
 *
 * @returns a folder for `--include_path`
 */
export function writeTask(count: number): {directory: string; questions: Question[]} {
  const directory = temporaryDirectory();
  const questions = readData<Trace & {answer: string; reference: string}>('traces.jsonl')
    .filter(({answer}) => /^-?\d+$/u.test(answer))
    .slice(0, count)
    .map((trace, index) => question(trace, index));
  const data = path.join(directory, 'questions.jsonl');
  writeFileSync(data, questions.map(one => `${JSON.stringify(one)}\n`).join(''));
  writeFileSync(path.join(directory, `${taskName}.yaml`), definition(data));
  return {directory, questions};
}

function question(trace: Trace & {answer: string; reference: string}, index: number): Question {
  const steps = trace.steps.slice(0, -1).join('\n\n');
  const truth = Number(trace.reference);
  const values = new Set([truth, Number(trace.answer), truth + 1, truth + 10, -truth]);
  const choices = [...values].map(String);
  // The true answer is not always the first.
  const turned = choices.map((_, place) => choices[(place + index) % choices.length]!);
  return {
    context: `<|im_start|>user\n${trace.prompt}<|im_end|>\n<|im_start|>assistant\n${steps}\n\nAnswer:`,
    choices: turned,
    gold: turned.indexOf(trace.reference),
  };
}

function definition(data: string): string {
  return `task: ${taskName}
dataset_path: json
dataset_kwargs:
  data_files:
    test: ${data}
test_split: test
output_type: multiple_choice
doc_to_text: "{{context}}"
doc_to_choice: choices
doc_to_target: gold
target_delimiter: " "
metric_list:
  - metric: acc
    aggregation: mean
    higher_is_better: true
metadata:
  version: 1.0
`;
}
