"""How editors find the schemas of the content: files beside it, and a line that names one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from statusgen.parse.schema import schemas
from statusgen.seal import CONTENT

if TYPE_CHECKING:
    from collections.abc import Iterator

SCHEMAS = ".schemas"
"""The folder in content/ that holds them; it is hidden, so that it is no content."""
SCHEMA_LINE = "# yaml-language-server: $schema="
"""What editors look for: behind it stands the path of a schema, from the file on."""


def schema_files() -> Iterator[tuple[str, bytes]]:
    """Tell the files of all schemas, by their paths."""
    for name, schema in schemas().items():
        data = msgspec.json.format(msgspec.json.encode(schema), indent=2)
        yield f"{CONTENT}/{SCHEMAS}/{name}.json", data + b"\n"


def wired(text: str, name: str) -> str:
    """Write a settings file with the line that names its schema."""
    return f"{SCHEMA_LINE}{SCHEMAS}/{name}.json\n{text}"
