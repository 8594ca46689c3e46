"""What each step of the road costs, in one process, without writing."""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from benchmarks.sites import AS_OF
from statusgen.artifact import each, fingerprint
from statusgen.content import read_documents
from statusgen.model import Moment
from statusgen.parse import parse_site
from statusgen.renderers import plan
from statusgen.seal import tool_digest
from statusgen.theme import Theme
from statusgen.views import derive

if TYPE_CHECKING:
    from pathlib import Path

    from statusgen.artifact import Artifact


def stages(root: Path) -> tuple[dict[str, float], dict[str, int]]:
    """Tell the seconds of each step and each renderer, and how many artifacts each makes."""
    moment = Moment(as_of=AS_OF)
    clock = _Clock()
    documents = read_documents(root)
    clock.lap("read")
    config, site = parse_site(documents, moment)
    clock.lap("parse")
    view = derive(site, config, moment)
    clock.lap("derive")
    theme = Theme.load(root, config.theme)
    artifacts = [*each(plan(view, theme))]
    tool = tool_digest()
    clock.lap("plan")
    for artifact in artifacts:
        fingerprint(artifact, theme, tool)
    clock.lap("fingerprint")
    for artifact in artifacts:
        artifact.data(theme)
        clock.lap(_renderer(artifact))
    return dict(clock.spent), dict(Counter(map(_renderer, artifacts)))


def _renderer(artifact: Artifact) -> str:
    return artifact.render.__module__.rpartition(".")[2]


class _Clock:
    """Adds the time since the last lap to a step."""

    def __init__(self) -> None:
        self.spent: dict[str, float] = defaultdict(float)
        self.last = time.perf_counter()

    def lap(self, step: str) -> None:
        now = time.perf_counter()
        self.spent[step] += now - self.last
        self.last = now
