"""A reward function for veRL that asks `implicit-prm serve`. It needs Python alone.

    reward.custom_reward_function.path=verl_reward.py
    reward.custom_reward_function.name=implicit_prm_reward

The server's address is IMPLICIT_PRM_URL (http://127.0.0.1:8000 unless set), its key IMPLICIT_PRM_API_KEY. veRL tells a
reward function what was generated, not what was asked: the data have to have that in `extra_info["question"]`, as a text
or as messages.
"""

import json
import os
import time
import urllib.error
import urllib.request


def implicit_prm_reward(data_source, solution_str, ground_truth, extra_info=None, **options):
    """The outcome reward of a response as its score; the reward of its worst step is logged beside it."""
    question = (extra_info or {}).get("question")
    if question is None:
        raise ValueError(f'extra_info["question"] is missing in the data of {data_source!r}: what was asked')
    if not isinstance(question, str):
        # What comes from a data frame is an array.
        question = [dict(message) for message in question]
    scored = score({"prompt": question, "response": solution_str})
    return {"score": scored["reward"], "lowest_step": min(step["reward"] for step in scored["steps"])}


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
