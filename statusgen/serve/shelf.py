"""What would be published and mailed: each file is rendered when it is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from statusgen.artifact import Bundle, Folder, bundle_fingerprint
from statusgen.seal import tool_digest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from statusgen.artifact import Artifact, Plan
    from statusgen.theme import Theme


class _Row(Struct, kw_only=True):
    """The files of a bundle: those that were rendered, and whether all could be."""

    fingerprint: str
    paths: frozenset[str]
    rendered: dict[str, bytes]
    is_sound: bool = False


class Shelf:
    """The files of a plan.

    What was rendered for the shelf before, and would be the same now, is taken over.
    """

    def __init__(self, plan: Plan, theme: Theme, before: Shelf | None = None) -> None:
        self._theme = theme
        self._single: dict[tuple[Folder, str], Artifact] = {}
        self._rendered: dict[tuple[Folder, str], bytes] = {}
        self._bundles: dict[tuple[Folder, str], Bundle] = {}
        self.rows: dict[tuple[Folder, str], _Row] = {}
        old = before.rows if before else {}
        for one in plan:
            if isinstance(one, Bundle):
                key = (one.folder, one.name)
                self._bundles[key] = one
                self.rows[key] = self._row(one, old.get(key))
            else:
                self._single[one.folder, one.path] = one

    def has(self, path: str, folder: Folder = Folder.PUBLIC) -> bool:
        """Whether there is a file."""
        return (folder, path) in self._single or self._bundle(folder, path) is not None

    def paths(self, folder: Folder) -> list[str]:
        """Tell all files of a folder."""
        single = [path for place, path in self._single if place == folder]
        rows = [row for (place, _), row in self.rows.items() if place == folder]
        return sorted([*single, *(path for row in rows for path in row.paths)])

    def data(self, path: str, folder: Folder = Folder.PUBLIC) -> bytes:
        """Give the bytes of a file that is there. Raises ThemeError."""
        key = self._bundle(folder, path)
        if key is None:
            if (folder, path) not in self._rendered:
                artifact = self._single[folder, path]
                self._rendered[folder, path] = artifact.data(self._theme)
            return self._rendered[folder, path]
        rendered = self.rows[key].rendered
        if path not in rendered:
            found = next(one for one in self._bundles[key].artifacts() if one.path == path)
            rendered[path] = found.data(self._theme)
        return rendered[path]

    def render(self) -> Iterator[None]:
        """Render what nobody has asked for yet, one file after the other. Raises ThemeError."""
        for folder, path in self._single:
            self.data(path, folder)
            yield
        for key, bundle in self._bundles.items():
            row = self.rows[key]
            for artifact in () if row.is_sound else bundle.artifacts():
                if artifact.path not in row.rendered:
                    artifact.data(self._theme)
                    yield
            row.is_sound = True

    def _row(self, bundle: Bundle, old: _Row | None) -> _Row:
        mark = bundle_fingerprint(bundle, self._theme, tool_digest())
        if old and old.fingerprint == mark:
            return old
        paths = frozenset(one.path for one in bundle.artifacts())
        return _Row(fingerprint=mark, paths=paths, rendered={})

    def _bundle(self, folder: Folder, path: str) -> tuple[Folder, str] | None:
        """Find the bundle to which a file belongs."""
        rows = self.rows.items()
        return next((key for key, row in rows if key[0] == folder and path in row.paths), None)
