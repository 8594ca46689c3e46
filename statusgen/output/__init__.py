"""Artifacts → files: render all, write what changed, remove what is gone, or change nothing."""

from __future__ import annotations

from collections import defaultdict
from itertools import accumulate, chain, groupby
from typing import TYPE_CHECKING

from msgspec import Struct

from statusgen.artifact import Bundle, Folder
from statusgen.output.journal import all_or_nothing
from statusgen.output.manifest import place_of
from statusgen.output.stage import PIECE, Made, Output, Stage
from statusgen.seal import NOTHING, Findings, Seal, seal_mark, write_seal
from statusgen.workers import spread

if TYPE_CHECKING:
    from collections.abc import Iterator

    from statusgen.artifact import Artifact, Plan
    from statusgen.theme import Theme

__all__ = ["Output", "Published", "publish"]

_TOGETHER = 64
"""So many files of one kind are rendered by one process: the first brings what makes them."""


class Published(Struct, frozen=True, kw_only=True):
    """What a build did, file by file.

    `foreign` are files in the published folder that are not ours. They are counted unless all of
    ours stand there as the last build left them.
    """

    written: int = 0
    unchanged: int = 0
    removed: int = 0
    foreign: int = 0


def publish(
    plan: Plan,
    theme: Theme,
    output: Output,
    found: Findings = NOTHING,
    seal: Seal | None = None,
) -> Published:
    """Make the folders hold what is planned and nothing else of ours.

    `found` tells what stands as the last build left it, so that it need not be read. `seal` seals
    what is left now. Raises OutputError or ThemeError, and then nothing has changed.
    """
    with all_or_nothing() as journal:
        journal.lock({place_of(output.folder(folder)).parent for folder in Folder})
        if found.seal != seal_mark(str(output.public)):  # another build was at work meanwhile
            found = NOTHING
        stages = {folder: Stage(folder, output, found, journal) for folder in Folder}
        due = [each for one in plan for each in stages[one.folder].take(one, theme)]
        for stage in stages.values():
            stage.drop_bundles()
        if due or any(stage.has_stale() for stage in stages.values()):
            stages[Folder.PUBLIC].break_seal()
        _render_all(due, theme, output, stages)
        for stage in stages.values():
            stage.put_down_manifests()
        for stage in stages.values():
            stage.change()
        if seal:
            marks = {name: marks for one in stages.values() for name, marks in one.marks()}
            write_seal(seal._replace(marks=marks), str(output.public), str(output.outbox))
    for stage in stages.values():
        stage.tidy()
    written = sum(len(stage.changed) for stage in stages.values())
    return Published(
        written=written,
        unchanged=sum(stage.count() for stage in stages.values()) - written,
        removed=sum(stage.removed for stage in stages.values()),
        foreign=stages[Folder.PUBLIC].foreign(),
    )


def _render_all(
    due: list[Artifact | Bundle], theme: Theme, output: Output, stages: dict[Folder, Stage]
) -> None:
    """Render what is not there as it should be, and put it down beside its place.

    What takes long, or needs much before it begins, stands behind the pages of incidents: it goes
    first, so that nobody waits for it at the end.
    """
    pieces = list(_pieces(due[::-1]))
    begun = [0, *accumulate(sum(map(_size, piece)) for piece in pieces)]

    def render(piece: list[Artifact | Bundle]) -> list[list[Made]]:
        return [stages[each.folder].put_down(each, theme) for each in piece]

    told = spread(render, pieces, lambda done: output.progress(begun[done], begun[-1]), enough=1)
    for one, made in reversed([*zip(chain(*pieces), chain(*told), strict=True)]):
        stages[one.folder].add(one, made)


def _pieces(due: list[Artifact | Bundle]) -> Iterator[list[Artifact | Bundle]]:
    """Part what is due by its kinds, so that what a kind needs is not made in each process.

    What tells of the same is rendered together, so that it is made once.
    """
    together: dict[tuple[str, int], list[Artifact | Bundle]] = defaultdict(list)
    others: list[Artifact | Bundle] = []
    for one in due:
        if isinstance(one, Bundle) and one.batch.subject:
            together[one.batch.subject, one.part.start or 0].append(one)
        else:
            others.append(one)
    for _, each in groupby(others, key=lambda one: one.render.__module__):
        kind = list(each)
        size = _TOGETHER if sum(map(_size, kind)) <= _TOGETHER else PIECE
        piece: list[Artifact | Bundle] = []
        for one in kind:
            if piece and sum(map(_size, piece)) + _size(one) > size:
                yield piece
                piece = []
            piece.append(one)
        yield piece
    yield from together.values()


def _size(one: Artifact | Bundle) -> int:
    """Tell how many files come of something that is due, as far as that is known."""
    return one.size if isinstance(one, Bundle) else 1
