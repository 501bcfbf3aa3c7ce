"""Renders chat templates as transformers does: a line of JSON in, a line of JSON out."""

import datetime
import functools
import json
import sys

from jinja2 import nodes
from jinja2.exceptions import TemplateError
from jinja2.ext import Extension
from jinja2.sandbox import ImmutableSandboxedEnvironment


def tojson(value, ensure_ascii=False, indent=None, separators=None, sort_keys=False):
    return json.dumps(
        value, ensure_ascii=ensure_ascii, indent=indent, separators=separators, sort_keys=sort_keys
    )


def raise_exception(message):
    raise TemplateError(message)


class GenerationTag(Extension):
    """The tag that marks what an assistant wrote, for the mask of a training: what is in it is rendered as it is."""

    tags = {"generation"}

    def parse(self, parser):
        line = next(parser.stream).lineno
        body = parser.parse_statements(["name:endgeneration"], drop_needle=True)
        return nodes.Scope(body).set_lineno(line)


environment = ImmutableSandboxedEnvironment(
    trim_blocks=True, lstrip_blocks=True, extensions=["jinja2.ext.loopcontrols", GenerationTag]
)
environment.filters["tojson"] = tojson
environment.globals["raise_exception"] = raise_exception
compiled = functools.lru_cache(maxsize=4)(environment.from_string)

for line in sys.stdin:
    job = json.loads(line)
    date = datetime.datetime.strptime(job["date"], "%Y-%m-%d")
    environment.globals["strftime_now"] = date.strftime
    try:
        print(json.dumps({"text": compiled(job["source"]).render(**job["context"])}))
    except Exception as error:
        print(json.dumps({"error": f"{type(error).__name__}: {error}"}))
