"""Gets rewards as slime does for `--rm-type remote_rm`, by its own module.

    slime_client.py URL

Input: a JSON list of {"prompt", "response", "label"}, the prompt by the template.
Output: a JSON list of what slime takes for the rewards.
"""

import asyncio
import importlib.util
import json
import pathlib
import sys
import types
import unittest.mock


def import_rewards():
    """Its rewards that come from a server. What it imports beside that grades answers, or moves tensors."""
    name = "slime.rollout.rm_hub"
    others = [f"{name}.{part}" for part in ("deepscaler", "f1", "gpqa", "math_dapo_utils", "math_utils")]
    for other in ("slime", "slime.utils", "slime.utils.misc", "slime.utils.types", "slime.rollout", *others):
        sys.modules[other] = unittest.mock.MagicMock()
    file = pathlib.Path(__file__).parent / "slime" / "rm_hub.py"
    spec = importlib.util.spec_from_file_location(name, file, submodule_search_locations=[])
    module = sys.modules[name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


async def main(url):
    rewards = import_rewards()
    arguments = types.SimpleNamespace(rm_type="remote_rm", rm_url=url, custom_rm_path=None)
    samples = [
        types.SimpleNamespace(**rollout, custom_rm_path=None, metadata={}) for rollout in json.load(sys.stdin)
    ]
    try:
        return await rewards.batched_async_rm(arguments, samples)
    finally:
        await rewards._get_shared_session().close()


print(json.dumps(asyncio.run(main(*sys.argv[1:]))))
