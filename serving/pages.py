"""Pages from templates: every value escaped, nothing left out unnoticed."""

from __future__ import annotations

from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("serving", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def render(template: str, **values: Any) -> str:
    """A template of `serving/templates` with its values.

    Raises
    ------
    jinja2.UndefinedError
        When the template asks for a value that is not given: a defect, never a matter of input.
    """
    return _environment().get_template(template).render(**values)
