"""Parameters that are secrets: the notebook gets the name of an environment variable, never the value."""

import os
import re
from collections.abc import Mapping
from typing import Any

from pmlib.reports.job import Job
from pmlib.reports.parameters import Parameter
from pmlib.secret import SHORTEST

WORDS = re.compile(r"[A-Z]+(_[A-Z]+)+")  # what only a name looks like: CRM_TOKEN


def secrets(job: Job) -> dict[str, str]:
    """Give the values of a job's secrets, by the variables that hold them.

    Whatever a job leaves goes through pmlib.secret.scrub with them.
    """
    return {name: os.environ.get(name, "") for name in _variables(job.parameters, job.declared).values()}


def problems(values: Mapping[str, Any], known: Mapping[str, Parameter]) -> list[str]:
    """List the secrets that are not there, or too short to be found again in a page.

    What was given is not repeated, for somebody may have given the secret itself.
    """
    wrong = []
    for parameter, name in _variables(values, known).items():
        is_plain = name == known[parameter].default and WORDS.fullmatch(name)
        which = f"the environment variable {name}" if is_plain else "the environment variable that it names"
        value = os.environ.get(name, "")
        if not value:
            wrong.append(
                f"parameter {parameter}: {which} is not set; set it before the run, in no file of the project"
            )
        elif len(value.strip()) < SHORTEST:
            wrong.append(
                f"parameter {parameter}: {which} holds fewer than {SHORTEST} characters, too few to tell "
                "it from other words and keep it off the page; use a longer secret"
            )
    return wrong


def _variables(values: Mapping[str, Any], known: Mapping[str, Parameter]) -> dict[str, str]:
    secret = [name for name, parameter in known.items() if parameter.type.kind == "Secret"]
    return {name: values[name] for name in secret if values[name] is not None}
