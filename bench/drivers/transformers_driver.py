"""Log-probabilities of given tokens by Hugging Face transformers in bfloat16.

    transformers_driver.py POLICY.gguf REFERENCE.gguf THREADS

Prints a line once both models are loaded. Then each line of input is a JSON list of {tokens, from}, and each line of
output {policy, reference} with a list of log-probabilities for each.
"""

import json
import os
import sys

import torch
from transformers import AutoModelForCausalLM


def load(path):
    directory, name = os.path.split(path)
    model = AutoModelForCausalLM.from_pretrained(directory, gguf_file=name, dtype=torch.bfloat16)
    return model.eval()


@torch.inference_mode()
def logprobs(model, tokens, start):
    """As the authors' script: all logits of one conversation, log-softmax, then those of its own tokens."""
    ids = torch.tensor([tokens])
    all_logprobs = torch.log_softmax(model(ids).logits[0, :-1].float(), dim=-1)
    return all_logprobs.gather(1, ids[0, 1:, None])[start - 1 :, 0].tolist()


def main():
    policy_path, reference_path, threads = sys.argv[1:]
    torch.set_num_threads(int(threads))
    models = {"policy": load(policy_path), "reference": load(reference_path)}
    print("{}", flush=True)
    for line in sys.stdin:
        work = json.loads(line)
        result = {
            name: [logprobs(model, item["tokens"], item["from"]) for item in work] for name, model in models.items()
        }
        print(json.dumps(result), flush=True)


main()
