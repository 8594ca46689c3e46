"""One file that should exist: its path, what it shows, and how it is rendered."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from msgspec import Struct
from msgspec.structs import replace

from statusgen.signs import clean
from statusgen.views.page import Batch, Promise, key_of

if TYPE_CHECKING:
    from statusgen.theme import Theme  # noqa: TC004 - nothing of an artifact is encoded or decoded

_SHORT = 8
"""How many bytes tell apart what many artifacts have in common."""


class Folder(StrEnum):
    """Where an artifact belongs: the site that is published, or the mails, which are not."""

    PUBLIC = "public"
    OUTBOX = "outbox"


class Artifact(Struct, frozen=True, kw_only=True):
    """A file that should exist. `render(view, theme)` gives its bytes, from nothing else.

    `view` may be the promise of one, which is made only if the file is due. `language` is that in
    which the theme speaks; the site's first, if it is empty. What `is_raw` is no text of ours.
    """

    path: str
    view: Any
    render: Callable[[Any, Theme], bytes]
    folder: Folder = Folder.PUBLIC
    language: str = ""
    is_raw: bool = False

    def shown(self) -> Any:  # noqa: ANN401 - each kind of artifact has a view of its own
        """Give the view, which is made now if it was promised."""
        return self.view.make() if isinstance(self.view, Promise) else self.view

    def data(self, theme: Theme) -> bytes:
        """Render it."""
        data = self.render(self.shown(), theme.speaking(self.language))
        return data if self.is_raw else clean(data, is_json=self.path.endswith(".json"))

    def below(self, path: str, language: str) -> Artifact:
        """Tell the same in a tree, that of a language."""
        return replace(self, path=path + self.path, language=language)


class Bundle(Struct, frozen=True, kw_only=True):
    """Artifacts of one kind, none of which is due while what their batch is made from is the same.

    No other bundle of its folder has the name. It may be a `part` of itself.
    """

    batch: Batch[Any]
    place: Callable[[str], str]
    render: Callable[[Any, Theme], bytes]
    folder: Folder = Folder.PUBLIC
    tree: str = ""
    language: str = ""
    part: slice = slice(None)

    @property
    def name(self) -> str:
        """The name under which it is kept."""
        return f"{self.tree}{self.batch.name}"

    @property
    def size(self) -> int:
        """How many artifacts it has; 1 where that is not known."""
        return len(range(self.batch.size)[self.part]) or 1

    def artifacts(self) -> Iterator[Artifact]:
        """Tell its artifacts."""
        return map(self.artifact, _promises(self.batch)[self.part])

    def parts(self, most: int) -> Iterator[Bundle]:
        """Part it into bundles of so many artifacts at most, if it is known how many they are.

        The last takes all that is left, so that none is lost where there are more than was told.
        """
        size = self.batch.size
        for start in range(0, size or 1, most):
            is_last = start + most >= size
            yield replace(self, part=slice(start, None if is_last else start + most))

    def artifact(self, promise: Promise[Any]) -> Artifact:
        """Tell the artifact of one of its kind."""
        return Artifact(
            path=self.tree + self.place(promise.path),
            view=promise,
            render=self.render,
            folder=self.folder,
            language=self.language,
        )

    def below(self, path: str, language: str) -> Bundle:
        """Tell the same in a tree, that of a language."""
        return replace(self, tree=path, language=language)


@lru_cache(maxsize=8)  # batches of one subject are made beside one another
def _promises(batch: Batch[Any]) -> tuple[Promise[Any], ...]:
    """Promise the pages of a batch, once for all its parts."""
    return tuple(batch.promises())


Plan = Iterable[Artifact | Bundle]
"""Every file that should exist."""


def each(plan: Plan) -> Iterator[Artifact]:
    """Tell every artifact of a plan, those of bundles too."""
    for one in plan:
        yield from one.artifacts() if isinstance(one, Bundle) else (one,)


def fingerprint(artifact: Artifact, theme: Theme, tool: str) -> str:
    """Digest everything that the bytes of an artifact hang on; `tool` stands for the program."""
    view = artifact.view
    spoken = theme.speaking(artifact.language).digest
    if isinstance(view, Promise) and view.made_from:
        return _common(artifact.render, tool, spoken, view.shared) + view.key.hex()
    return _common(artifact.render, tool, spoken, b"") + key_of(artifact.shown()).hex()


def bundle_fingerprint(bundle: Bundle, theme: Theme, tool: str) -> str:
    """Digest everything that the artifacts of a bundle hang on, and which they are."""
    batch, spoken = bundle.batch, theme.speaking(bundle.language)
    return _common(bundle.render, tool, spoken.digest, batch.shared) + batch.key.hex()


@lru_cache(maxsize=64)
def _common(render: Callable[[Any, Theme], bytes], tool: str, theme: str, shared: bytes) -> str:
    """Digest what the artifacts of one kind have in common."""
    return key_of((tool, theme, render.__module__, render.__qualname__, shared))[:_SHORT].hex()
