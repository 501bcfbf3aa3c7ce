"""Renders chat templates as transformers does: a line of JSON in, a line of JSON out."""

import datetime
import json
import sys

from jinja2.exceptions import TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment


def tojson(value, ensure_ascii=False, indent=None, separators=None, sort_keys=False):
    return json.dumps(
        value, ensure_ascii=ensure_ascii, indent=indent, separators=separators, sort_keys=sort_keys
    )


def raise_exception(message):
    raise TemplateError(message)


environment = ImmutableSandboxedEnvironment(
    trim_blocks=True, lstrip_blocks=True, extensions=["jinja2.ext.loopcontrols"]
)
environment.filters["tojson"] = tojson
environment.globals["raise_exception"] = raise_exception

for line in sys.stdin:
    job = json.loads(line)
    date = datetime.datetime.strptime(job["date"], "%Y-%m-%d")
    environment.globals["strftime_now"] = date.strftime
    try:
        print(json.dumps({"text": environment.from_string(job["source"]).render(**job["context"])}))
    except Exception as error:
        print(json.dumps({"error": f"{type(error).__name__}: {error}"}))
