"""Runs lm-evaluation-harness on one task with several kinds of models, one after the other.

Input, a line of JSON: {"tasks": FOLDER, "task": NAME, "runs": [{"model", "model_args", "batch_size"}, …]}
Output, a line of JSON for each run: {"accuracy", "choices"}, the latter a list of [log-likelihood, greedy] for each question.
"""

import json
import sys

import lm_eval
from lm_eval.tasks import TaskManager

work = json.loads(sys.stdin.readline())
answers = sys.stdout
# The harness and its libraries write to standard output too.
sys.stdout = sys.stderr

tasks = TaskManager(include_path=work["tasks"], include_defaults=False)
for run in work["runs"]:
    evaluated = lm_eval.simple_evaluate(**run, tasks=[work["task"]], task_manager=tasks, bootstrap_iters=0)
    samples = sorted(evaluated["samples"][work["task"]], key=lambda sample: sample["doc_id"])
    result = {
        "accuracy": evaluated["results"][work["task"]]["acc,none"],
        "choices": [[[float(value), bool(greedy)] for value, greedy in sample["filtered_resps"]] for sample in samples],
    }
    print(json.dumps(result), file=answers, flush=True)
