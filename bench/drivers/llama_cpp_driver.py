"""Log-probabilities of given tokens by llama-cpp-python.

    llama_cpp_driver.py POLICY.gguf REFERENCE.gguf THREADS CONTEXT_SIZE

What it reads and prints is that of transformers_driver.py.
"""

import json
import sys

import numpy
from llama_cpp import Llama


def load(path, threads, context_size):
    return Llama(
        path,
        n_gpu_layers=0,
        n_ctx=context_size,
        n_threads=threads,
        n_threads_batch=threads,
        logits_all=True,
        verbose=False,
    )


def logprobs(model, tokens, start, known):
    """Logits of every token but those `known` from the sequence before, then the log-softmax of the targets'."""
    model.n_tokens = known
    model.eval(tokens[known:-1])
    logits = model.scores[start - 1 : len(tokens) - 1]
    logits = logits - logits.max(axis=-1, keepdims=True)
    totals = numpy.log(numpy.exp(logits).sum(axis=-1))
    return (logits[numpy.arange(len(logits)), tokens[start:]] - totals).tolist()


def all_logprobs(model, work):
    """The prompt, all but its last token, is evaluated for the first sequence only."""
    prompt = work[0]["tokens"][: work[0]["from"]]
    model.reset()
    result = []
    for item in work:
        known = len(prompt) - 1 if result and item["tokens"][: len(prompt)] == prompt else 0
        result.append(logprobs(model, item["tokens"], item["from"], known))
    return result


def main():
    policy_path, reference_path, *numbers = sys.argv[1:]
    settings = [int(number) for number in numbers]
    models = {"policy": load(policy_path, *settings), "reference": load(reference_path, *settings)}
    print("{}", flush=True)
    for line in sys.stdin:
        work = json.loads(line)
        print(json.dumps({name: all_logprobs(model, work) for name, model in models.items()}), flush=True)


main()
