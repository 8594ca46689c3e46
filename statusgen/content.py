"""Find and read the files of the content, and say which of them cannot be read, and why."""

from __future__ import annotations

import re
from pathlib import Path

from msgspec import Struct

from statusgen.errors import Problem, nearest, one_of
from statusgen.model import Asset

CONTENT = "content"
SETTINGS = ("site.yml", "components.yml", "policy.yml")
ENDINGS = (".md", ".yml", ".yaml")
FOLDERS = {
    "incidents": ENDINGS,
    "maintenance": ENDINGS,
    "postmortems": (".md",),
    "announcements": (".md",),
    "pages": (".md",),
    "templates": (".md",),
    "runbooks": (".md",),
}
"""What each folder may hold, in the order in which it is read."""

FILES = "files"
HEADS = {"incidents": "incident", "maintenance": "maintenance"}
"""Folders whose documents may themselves be folders, and the file that such a one begins with."""

_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_FILL = {f"{CONTENT}/components.yml": "write `[]` for a page without components"}
_LEFTOVER = re.compile(r"^[.#]|~$|\.(bak|orig|rej|swp|swo|tmp)$")
_CONFLICT = re.compile(r"^(<{7} |>{7} |\|{7} )", re.MULTILINE)
# C0 and C1 controls but tab and line feed, the line and paragraph separators that no header may
# hold, and the two code points of the plane that XML knows no way to write.
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufffe\uffff]")


class Document(Struct, frozen=True, kw_only=True):
    r"""One thing that the content tells of, however it is spelt.

    `parts` are the updates of an incident or maintenance that is written as a folder, a file each.
    `path` starts at the site's root; `text` has no byte order mark and ends its lines with `\\n`.
    """

    folder: str
    slug: str
    path: str
    text: str
    parts: tuple[Document, ...] = ()

    @property
    def is_yaml(self) -> bool:
        """Whether the whole file is YAML, rather than Markdown under a front matter."""
        return self.path.endswith((".yml", ".yaml"))


class Documents(Struct, frozen=True, kw_only=True):
    """What was read, and what could not be: `unread` are the paths that the problems are about."""

    documents: tuple[Document, ...]
    assets: tuple[Asset, ...]
    problems: tuple[Problem, ...]
    unread: tuple[str, ...]

    def of(self, folder: str) -> tuple[Document, ...]:
        """Pick the documents of one folder; that of the settings is the empty name."""
        return tuple(document for document in self.documents if document.folder == folder)


def read_documents(root: Path) -> Documents:
    """Read everything below `content/`, in an order that does not hang on the file system."""
    reader = _Reader(root)
    reader.read()
    return Documents(
        documents=tuple(reader.documents),
        assets=tuple(reader.assets),
        problems=tuple(reader.problems),
        unread=tuple(reader.unread),
    )


class _Reader:
    """A walk through the content that gathers what it finds."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.documents: list[Document] = []
        self.assets: list[Asset] = []
        self.problems: list[Problem] = []
        self.unread: list[str] = []

    def read(self) -> None:
        if not (self.root / CONTENT).is_dir():
            where = "a folder content/ with site.yml and components.yml in it"
            self.refuse(CONTENT, f"not found: a site's root holds {where}")
            return
        for path in self.entries(CONTENT):
            name = path.rpartition("/")[2]
            if name in SETTINGS and not self.is_folder(path):
                self.add_document("", path)
            elif name in FOLDERS and self.is_folder(path):
                self.read_folder(name, path)
            elif name == FILES and self.is_folder(path):
                self.read_assets(path)
            else:
                known = [*SETTINGS, *(f"{folder}/" for folder in (*FOLDERS, FILES))]
                spelt = f"{name}/" if self.is_folder(path) else name
                hint = nearest(spelt, known) or f": it holds {', '.join(known)}"
                self.refuse(path, f"nothing in content/ is called {spelt!r}{hint}")

    def read_folder(self, folder: str, path: str) -> None:
        first: dict[str, str] = {}
        for entry in self.entries(path):
            name = entry.rpartition("/")[2]
            slug, ending = Path(name).stem, Path(name).suffix
            if self.is_folder(entry):
                slug, ending = name, ""
            if ending not in FOLDERS[folder] and not (folder in HEADS and self.is_folder(entry)):
                kind = "a folder" if self.is_folder(entry) else f"the ending {ending!r}"
                kind = kind if ending or self.is_folder(entry) else "a name without an ending"
                self.refuse(entry, f"{kind} is not read here: use {one_of(FOLDERS[folder])}")
            elif not _SLUG.fullmatch(slug):
                better = re.sub(r"[^a-z0-9]+", "-", slug.lower()).strip("-")
                hint = f"; call it {better + ending!r}" if better else ""
                rule = "small letters, digits and single hyphens between them"
                self.refuse(entry, f"the name becomes an address, so it needs {rule}{hint}")
            elif slug in first:
                message = "so both want one address: rename the newer one"
                self.refuse(entry, f"has the same name as {first[slug]}, {message}")
            else:
                first[slug] = entry
                if self.is_folder(entry):
                    self.read_parts(folder, slug, entry)
                else:
                    self.add_document(folder, entry)

    def read_parts(self, folder: str, slug: str, path: str) -> None:
        entries = self.entries(path)
        heads = [f"{path}/{HEADS[folder]}{ending}" for ending in ENDINGS]
        found = [entry for entry in entries if entry in heads]
        if len(found) != 1:
            count = "no" if not found else "more than one"
            names = " or ".join(head.rpartition("/")[2] for head in heads[:2])
            self.refuse(
                path, f"the folder holds {count} {names}: it needs one, for title and so on"
            )
            return
        head = self.document(folder, slug, found[0])
        parts = []
        for entry in entries:
            if entry == found[0]:
                continue
            if self.is_folder(entry) or not entry.endswith(ENDINGS):
                self.refuse(entry, f"is not read here: an update is a file with {one_of(ENDINGS)}")
            elif part := self.document(folder, slug, entry):
                parts.append(part)
        if head:
            self.documents.append(
                Document(folder=folder, slug=slug, path=head.path, text=head.text, parts=(*parts,))
            )

    def read_assets(self, path: str) -> None:
        for entry in self.entries(path):
            if self.is_folder(entry):
                self.read_assets(entry)
            elif (data := self.bytes(entry)) is not None:
                self.assets.append(Asset(path=entry.removeprefix(f"{CONTENT}/"), data=data))

    def add_document(self, folder: str, path: str) -> None:
        slug = slug_of(path)
        if document := self.document(folder, slug, path):
            self.documents.append(document)

    def document(self, folder: str, slug: str, path: str) -> Document | None:
        text = self.text(path)
        return (text and Document(folder=folder, slug=slug, path=path, text=text)) or None

    def text(self, path: str) -> str | None:
        """Read a file as text; what makes it unreadable is a problem, told once."""
        data = self.bytes(path)
        if data is None:
            return None
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = data.count(b"\n", 0, error.start) + 1
            byte = f"byte 0x{data[error.start]:02X}"
            self.refuse(path, f"is not UTF-8 ({byte}): save it as UTF-8", line)
            return None
        text = text.replace("\r\n", "\n").replace("\r", "\n")
        if not text.strip():
            self.refuse(path, f"is empty: {_FILL.get(path, 'write it, or remove it')}")
        elif found := _CONTROL.search(text):
            line = text.count("\n", 0, found.start()) + 1
            message = f"holds an invisible control character, U+{ord(found[0]):04X}: remove it"
            self.refuse(path, message, line)
        elif found := _CONFLICT.search(text):
            line = text.count("\n", 0, found.start()) + 1
            message = "a merge conflict is left in the file: keep one side, remove the marks"
            self.refuse(path, message, line)
        else:
            return text
        return None

    def bytes(self, path: str) -> bytes | None:
        try:
            return (self.root / path).read_bytes()
        except OSError as error:
            self.refuse(path, f"cannot be read: {error.strerror}")
            return None

    def entries(self, path: str) -> list[str]:
        """List a folder without hidden files, editors' leftovers and links that lead outside."""
        try:
            names = sorted(each.name for each in (self.root / path).iterdir())
        except OSError as error:
            self.refuse(path, f"cannot be read: {error.strerror}")
            return []
        entries = []
        inside = (self.root / CONTENT).resolve()
        for name in names:
            entry = f"{path}/{name}"
            if _LEFTOVER.search(name):
                continue
            full = self.root / entry
            if not name.isprintable():
                shown = f"{path}/{ascii(name)[1:-1]}"
                self.refuse(shown, "the name holds what cannot be printed: rename it")
            elif full.is_symlink() and not _leads_into(full, inside):
                self.refuse(entry, "is a link that leads out of content/: put the file itself here")
            elif full.is_symlink() and full.is_dir():
                self.refuse(
                    entry, "is a link to a folder, which might never end: copy what it holds"
                )
            elif not full.is_dir() and not full.is_file():
                self.refuse(entry, "is neither a file nor a folder: remove it")
            else:
                entries.append(entry)
        return entries

    def is_folder(self, path: str) -> bool:
        return (self.root / path).is_dir()

    def refuse(self, path: str, message: str, line: int = 1) -> None:
        self.problems.append(Problem(path=path, line=line, address="file", message=message))
        self.unread.append(path)


def _leads_into(link: Path, folder: Path) -> bool:
    """Whether a link ends at something inside a folder."""
    try:
        return link.resolve(strict=True).is_relative_to(folder)
    except (OSError, RuntimeError):  # it ends nowhere, or at itself
        return False


def slug_of(path: str) -> str:
    """Tell the slug that a file's name stands for."""
    return Path(path).stem
