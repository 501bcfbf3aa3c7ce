"""A reward function for TRL's trainers, such as GRPO, that asks `implicit-prm serve`. It needs Python alone.

    from trl_reward import implicit_prm_reward
    trainer = GRPOTrainer(..., reward_funcs=implicit_prm_reward)

The server's address is IMPLICIT_PRM_URL (http://127.0.0.1:8000 unless set), its key IMPLICIT_PRM_API_KEY.
"""

import json
import os
import time
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor


def implicit_prm_reward(prompts, completions, **columns):
    """The outcome reward of each completion: the sum of its steps' rewards, in units of β nats."""
    # The completions of a prompt go out in one request, so that the server evaluates the prompt once.
    groups = {}
    for index, prompt in enumerate(prompts):
        groups.setdefault(json.dumps(prompt), []).append(index)

    def rewards(group):
        responses = [text_of(completions[index]) for index in group]
        prompt = prompts[group[0]]
        # A conversation is rendered by the policy's template; TRL generates from a text as it is, and so it is scored.
        asked = {"raw": prompt} if isinstance(prompt, str) else {"messages": prompt}
        return [result["reward"] for result in score({**asked, "responses": responses})["results"]]

    result = [None] * len(prompts)
    with ThreadPoolExecutor(max_workers=8) as pool:
        for group, values in zip(groups.values(), pool.map(rewards, groups.values())):
            for index, value in zip(group, values):
                result[index] = value
    return result


def text_of(completion):
    """A completion is a text, or messages of which the last is the assistant's."""
    return completion if isinstance(completion, str) else completion[-1]["content"]


def score(body, attempts=8):
    """What /v1/score answers. A server that has too much to do is asked again when it says."""
    url = os.environ.get("IMPLICIT_PRM_URL", "http://127.0.0.1:8000")
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {os.environ.get('IMPLICIT_PRM_API_KEY', '')}"}
    request = urllib.request.Request(f"{url}/v1/score", json.dumps(body).encode(), headers)
    for attempt in range(attempts):
        try:
            with urllib.request.urlopen(request, timeout=300) as response:
                return json.load(response)
        except urllib.error.HTTPError as error:
            if error.code not in (429, 503) or attempt + 1 == attempts:
                raise RuntimeError(f"{url} answered {error.code}: {error.read().decode()}") from error
            time.sleep(float(error.headers.get("Retry-After", 1)))
