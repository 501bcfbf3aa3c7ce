"""Gets rewards as OpenRLHF does: by its own executor of rollouts, with an engine in place of vLLM that says what it is told.

    openrlhf_client.py URL TOKENIZER

Input: a JSON list of {"prompt", "response", "label"}, the prompt by the template.
Output: a JSON list of {"reward", "scores", "extra_logs"}.
"""

import asyncio
import importlib.util
import json
import sys
import types

from transformers import AutoTokenizer


def import_agent():
    """openrlhf.utils.agent alone: its packages' own __init__ import what trains on GPUs."""
    for name in ("openrlhf", "openrlhf.utils"):
        package = types.ModuleType(name)
        package.__path__ = list(importlib.util.find_spec(name).submodule_search_locations)
        sys.modules[name] = package
    return importlib.import_module("openrlhf.utils.agent")


class SayingEngine:
    """Generates a text that it is given, whatever the prompt."""

    def __init__(self, tokens):
        self.tokens = tokens

    async def generate(self, prompt_token_ids, sampling_params, multi_modal_data=None):
        completion = types.SimpleNamespace(token_ids=self.tokens, finish_reason="stop", logprobs=None)
        return types.SimpleNamespace(outputs=[completion])


async def main(url, tokenizer_path):
    tokenizer = AutoTokenizer.from_pretrained(tokenizer_path)
    executor = import_agent().SingleTurnAgentExecutor(url)
    sampling = types.SimpleNamespace(max_tokens=256, logprobs=None)

    async def reward(rollout):
        tokens = tokenizer(rollout["response"], add_special_tokens=False)["input_ids"]
        engine = SayingEngine(tokens)
        output = await executor.execute(rollout["prompt"], rollout["label"], sampling, 512, tokenizer, engine)
        return {name: output[name] for name in ("reward", "scores", "extra_logs")}

    return await asyncio.gather(*map(reward, json.load(sys.stdin)))


print(json.dumps(asyncio.run(main(*sys.argv[1:]))))
