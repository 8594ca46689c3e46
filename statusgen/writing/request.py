"""What a form or a monitor asks to be written: JSON, or the body of an issue form."""

from __future__ import annotations

import json
import re
from typing import Any

from msgspec import Struct

from statusgen.errors import WritingError, nearest, one_of
from statusgen.expression import expression

LABELS = {
    "what is wrong": "title",
    "incident": "incident",
    "severity": "severity",
    "components": "components",
    "status": "status",
    "what readers are told": "text",
}
"""The fields of the form, in its order, and the keys that they stand for."""
KEYS = (*LABELS.values(), "next_update")

_HEADING = expression(r"^### (.+?)[ \t]*$", re.MULTILINE)
_EMPTY = "_No response_"


class Request(Struct, frozen=True, kw_only=True):
    """What is to be written: a new incident if it has a title, else an update."""

    title: str = ""
    incident: str = ""
    severity: str = ""
    components: tuple[str, ...] = ()
    status: str = ""
    text: str = ""
    next_update: str = ""


def read_request(said: str) -> Request:
    """Read what was asked for. Raises WritingError."""
    text = said.replace("\r\n", "\n").strip()
    values = _json(text) if text.startswith("{") else _form(text)
    components = values.pop("components", "")
    listed = re.split(r"[\s,]+", components) if isinstance(components, str) else components
    if not isinstance(listed, list) or not all(isinstance(one, str) for one in listed):
        message = "components are a list of ids, or one text of them: api, website"
        raise WritingError(message)
    for key, value in values.items():
        if not isinstance(value, str):
            message = f"{key} is no text"
            raise WritingError(message)
    named = tuple(one for one in listed if one)
    return Request(components=named, **{key: value.strip() for key, value in values.items()})


def _json(text: str) -> dict[str, Any]:
    try:
        values = json.loads(text)
    except ValueError as error:
        message = f"what was sent is no JSON: {error}"
        raise WritingError(message) from None
    for key in values:
        if key not in KEYS:
            message = f"{key!r} is not {one_of(KEYS)}{nearest(key, KEYS)}"
            raise WritingError(message)
    found: dict[str, Any] = values
    return {key: value for key, value in found.items() if value is not None}


def _form(text: str) -> dict[str, Any]:
    """Read the fields of a form; a heading that stands in the last of them is part of its text."""
    values: dict[str, Any] = {}
    found = [each for each in _HEADING.finditer(text) if each[1].lower() in LABELS]
    first = {each[1].lower(): each for each in reversed(found)}
    starts = sorted(first.values(), key=lambda each: each.start())
    if "what readers are told" not in first:
        message = "what was sent is neither JSON nor the form of an incident"
        raise WritingError(message)
    ends = [*(each.start() for each in starts[1:]), len(text)]
    for start, end in zip(starts, ends, strict=True):
        value = text[start.end() : end].strip()
        values[LABELS[start[1].lower()]] = "" if value == _EMPTY else value
    return values
