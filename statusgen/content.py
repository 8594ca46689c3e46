"""Find, read and write the files of the content; what cannot be read is told, and why."""

from __future__ import annotations

import io
import os
import re
import shutil
from contextlib import suppress
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple, Protocol

from msgspec import Struct
from msgspec.structs import replace

from statusgen.errors import Problem, WritingError, nearest, one_of
from statusgen.expression import expression
from statusgen.model import Asset
from statusgen.seal import CONTENT, EMPTY, Digests, digest_of, is_leftover, leads_inside, read_file
from statusgen.signs import find_control

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from pathlib import Path


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

LATER = "incidents"
"""The folder that may hold so many documents that each is read only where it is parsed."""

FILES = "files"
HEADS = {"incidents": "incident", "maintenance": "maintenance"}
"""Folders whose documents may themselves be folders, and the file that such a one begins with."""

UNSPOKEN = ("templates", "runbooks")
"""Folders of what no reader sees, so that it is not translated."""

_SLUG = expression(r"[a-z0-9]+(-[a-z0-9]+)*")
# `slow.tr.md` translates `slow.md`.
_TRANSLATION = expression(r"([a-z0-9-]+)\.([a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*)", re.IGNORECASE)
_FILL = {f"{CONTENT}/components.yml": "write `[]` for a page without components"}
_MARKS = ("<" * 7, ">" * 7, "|" * 7)
_CONFLICT = expression(r"^(<{7} |>{7} |\|{7} )", re.MULTILINE)


class Memory(Protocol):
    """What is known of documents without reading them."""

    def is_known(self, folder: str, slug: str, digest: bytes, /) -> bool:
        """Whether a document need not be read."""

    def digests(self, folder: str, /) -> Mapping[str, bytes]:
        """Tell the digests of documents that need not be read, by their slugs."""


class Oblivion:
    """A memory of nothing: every document is read."""

    def is_known(self, _folder: str, _slug: str, _digest: bytes, /) -> bool:
        """Know no document."""
        return False

    def digests(self, _folder: str, /) -> Mapping[str, bytes]:
        """Know no document."""
        return {}


class Document(Struct, frozen=True, kw_only=True, gc=False):
    r"""One thing that the content tells of, however it is spelt.

    `parts` are the updates of an incident or maintenance that is written as a folder, a file each,
    `translations` the files beside it that say it in other languages, each in its `language`.
    `path` starts at the site's root; `text` has no byte order mark and ends its lines with `\\n`.
    `digest` is that of all its files. One that is known was not read: it has no text, no parts. One
    that is found is still to be read.
    """

    folder: str
    slug: str
    path: str
    text: str
    parts: tuple[Document, ...] = ()
    translations: tuple[Document, ...] = ()
    language: str = ""
    digest: bytes = b""
    is_known: bool = False
    is_found: bool = False

    @property
    def is_yaml(self) -> bool:
        """Whether the whole file is YAML, rather than Markdown under a front matter."""
        return self.path.endswith((".yml", ".yaml"))


class Opened(NamedTuple):
    """A document that was read, if it could be, and the digests of what was read for it."""

    document: Document | None
    problems: tuple[Problem, ...]
    digests: Digests


class Documents(Struct, frozen=True, kw_only=True, dict=True):
    """What was read, and what could not be: `unread` are the paths that the problems are about.

    `digests` are those of all files of the content, as they were read, or would have been. `known`
    are by folder the slugs of documents that were not even looked at, since all is known of them.
    """

    root: str
    documents: tuple[Document, ...]
    assets: tuple[Asset, ...]
    problems: tuple[Problem, ...]
    unread: tuple[str, ...]
    digests: Digests
    known: dict[str, set[str]]

    def of(self, folder: str) -> tuple[Document, ...]:
        """Pick the documents of one folder; that of the settings is the empty name."""
        return tuple(self._by_folder.get(folder, ()))

    def slugs(self, folder: str) -> set[str]:
        """Tell the slugs of all documents of a folder, known ones too."""
        return {one.slug for one in self.of(folder)} | self.known.get(folder, set())

    def open(self, one: Document) -> Opened:
        """Read a document if it was only found; what keeps it from being read is a problem."""
        if not one.is_found:
            return Opened(one, (), {})
        reader = _Reader(self.root, {}, Oblivion())
        document = reader.told(one.folder, one.slug, one.path, one.translations)
        return Opened(document, tuple(reader.problems), reader.digests)

    @cached_property
    def _by_folder(self) -> dict[str, list[Document]]:
        found: dict[str, list[Document]] = {}
        for document in self.documents:
            found.setdefault(document.folder, []).append(document)
        return found


class _Entry(Struct, frozen=True, kw_only=True, gc=False):
    """A file or a folder that a folder holds; `path` starts at the site's root."""

    path: str
    name: str
    is_folder: bool


def read_documents(
    root: Path,
    seen: Digests = {},  # noqa: B006 - nobody changes it
    memory: Memory = Oblivion(),  # noqa: B008 - as above
) -> Documents:
    """Read everything below `content/`, in an order that does not hang on the file system.

    A document is not read whose files were seen, and of which is known what they hold.
    """
    reader = _Reader(str(root), seen, memory)
    reader.read()
    return reader.result()


def find_documents(root: Path, seen: Digests, memory: Memory) -> Documents:
    """Read everything below `content/`, but only find the incidents that are not known.

    Whoever parses those reads them as well, since that can be done by several at once.
    """
    reader = _Reader(str(root), seen, memory, is_finding=True)
    reader.read()
    return reader.result()


def find_again(
    before: Documents, seen: Digests, memory: Memory, changed: Collection[str]
) -> Documents | None:
    """Find documents as `find_documents` would, where only these files may have changed since.

    None, if more hangs on them than the incidents whose only files they are: then all has to be
    looked at. Else nothing is, but for these.
    """
    kept = before.known.get(LATER, set())
    plain = {
        one.path: one.slug for one in before.documents if one.is_found and not one.translations
    }
    plain |= {
        path: slug_of(path)
        for path in changed
        if path == f"{CONTENT}/{LATER}/{slug_of(path)}.md" and slug_of(path) in kept
    }
    others = [one for one in before.documents if one.path not in plain]
    held = memory.digests(LATER)
    # Of the others no more and no less may be known than before.
    is_held = kept <= held.keys() and all(
        memory.is_known(one.folder, one.slug, _digest_now(one, seen)) == one.is_known
        for one in others
    )
    is_plain = plain.keys() >= {*changed} and plain.keys() <= seen.keys()
    if before.problems or not (is_held and is_plain):
        return None
    if any(os.path.islink(f"{before.root}/{path}") for path in plain):
        return None
    reader = _Reader(before.root, seen, memory, is_finding=True)
    known = kept - {*plain.values()}
    for path, slug in plain.items():
        if path.endswith(".md") and held.get(slug) == seen[path]:
            known.add(slug)
            reader.digests[path] = seen[path]
        else:
            reader.add_document(LATER, slug, path, ())
    return replace(
        before,
        documents=(*others, *reader.documents),
        digests=before.digests | reader.digests,
        known=before.known | {LATER: known},
    )


def write_file(path: str, data: bytes, before: bytes | None) -> None:
    """Write a file whole or not at all, if it still holds what it did `before`.

    None is a file that is not there yet. Raises WritingError, and then nothing has changed.
    """
    place = os.path.realpath(path)  # a link stays one
    folder, name = os.path.split(place)
    staged = f"{folder}/.{name}.{os.getpid()}.new"
    try:
        os.makedirs(folder, exist_ok=True)
        try:
            with open(staged, "xb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            if before is None:
                os.link(staged, place)  # unlike a rename it takes nobody's place
            elif read_file(place) == before:
                shutil.copymode(place, staged)
                os.replace(staged, place)
            else:
                message = f"{path}: somebody else has just changed it; do it again"
                raise WritingError(message)
        finally:
            with suppress(FileNotFoundError):
                os.unlink(staged)
    except FileExistsError:
        message = f"{path}: is there already"
        raise WritingError(message) from None
    except OSError as error:
        message = f"{path}: cannot be written: {error.strerror}"
        raise WritingError(message) from error


def write_again(root: str, path: str, data: bytes) -> str:
    """Write a file that is ours alone, in the place of the one before; give its path.

    Raises WritingError where there is no content for it.
    """
    if not os.path.isdir(f"{root}/{CONTENT}"):
        message = f"{root} holds no folder {CONTENT}/: begin a site with statusgen init"
        raise WritingError(message)
    place = f"{root}/{path}"
    write_file(place, data, read_file(place) if os.path.isfile(place) else None)
    return path


def unpack(archive: bytes, folder: str) -> None:
    """Write what a tar archive holds below a folder; nothing in it leads out of that."""
    import tarfile  # noqa: PLC0415 - only what compares revisions needs it

    with tarfile.open(fileobj=io.BytesIO(archive)) as files:
        files.extractall(folder, filter="data")


def write_new(root: str, files: Iterable[tuple[str, bytes]]) -> int:
    """Write files that are not there yet, and none if one is; give their number."""
    wanted = list(files)
    for path, _ in wanted:
        if os.path.lexists(f"{root}/{path}"):
            message = f"{root}/{path} is there already, so nothing was written"
            raise WritingError(message)
    for path, data in wanted:
        write_file(f"{root}/{path}", data, None)
    return len(wanted)


class _Reader:
    """A walk through the content that gathers what it finds."""

    def __init__(
        self, root: str, seen: Digests, memory: Memory, *, is_finding: bool = False
    ) -> None:
        self.root = root
        self.is_finding = is_finding
        self.seen = seen
        self.memory = memory
        self.known: dict[str, set[str]] = {}
        self.digests: Digests = {}
        self.documents: list[Document] = []
        self.assets: list[Asset] = []
        self.problems: list[Problem] = []
        self.unread: list[str] = []

    def result(self) -> Documents:
        return Documents(
            root=self.root,
            documents=tuple(self.documents),
            assets=tuple(self.assets),
            problems=tuple(self.problems),
            unread=tuple(self.unread),
            digests=self.digests,
            known=self.known,
        )

    def read(self) -> None:
        if not os.path.isdir(self.full(CONTENT)):
            where = "a folder content/ with site.yml and components.yml in it"
            self.refuse(CONTENT, f"not found: a site's root holds {where}")
            return
        entries, translations = self.parted("", CONTENT, self.entries(CONTENT))
        for entry in entries:
            name = entry.name
            if name in SETTINGS and not entry.is_folder:
                slug = slug_of(name)
                self.add_document("", slug, entry.path, translations.get(slug, ()))
            elif name in FOLDERS and entry.is_folder:
                self.read_folder(name, entry.path)
            elif name == FILES and entry.is_folder:
                self.read_assets(entry.path)
            else:
                known = [*SETTINGS, *(f"{folder}/" for folder in (*FOLDERS, FILES))]
                spelt = f"{name}/" if entry.is_folder else name
                hint = nearest(spelt, known) or f": it holds {', '.join(known)}"
                self.refuse(entry.path, f"nothing in content/ is called {spelt!r}{hint}")

    def read_folder(self, folder: str, path: str) -> None:
        first: dict[str, str] = {}
        listed = self.take_known(folder, path, self.scan(path))
        entries, translations = self.parted(folder, path, self.checked(path, listed))
        for entry in entries:
            slug, ending = (entry.name, "") if entry.is_folder else _parted(entry.name)
            if ending not in FOLDERS[folder] and not (folder in HEADS and entry.is_folder):
                kind = "a folder" if entry.is_folder else f"the ending {ending!r}"
                kind = kind if ending or entry.is_folder else "a name without an ending"
                self.refuse(entry.path, f"{kind} is not read here: use {one_of(FOLDERS[folder])}")
            elif not _SLUG.fullmatch(slug):
                better = re.sub(r"[^a-z0-9]+", "-", slug.lower()).strip("-")
                hint = f"; call it {better + ending!r}" if better else ""
                rule = "small letters, digits and single hyphens between them"
                self.refuse(entry.path, f"the name becomes an address, so it needs {rule}{hint}")
            elif slug in first:
                message = "so both want one address: rename the newer one"
                self.refuse(entry.path, f"has the same name as {first[slug]}, {message}")
            else:
                first[slug] = entry.path
                if entry.is_folder:
                    self.read_parts(folder, slug, entry.path)
                else:
                    self.add_document(folder, slug, entry.path, translations.get(slug, ()))

    def parted(
        self, folder: str, path: str, entries: list[_Entry]
    ) -> tuple[list[_Entry], dict[str, tuple[Document, ...]]]:
        """Part translations from what they translate, and tell those of what is not there."""
        found = {
            entry.path: match
            for entry in entries
            if entry.name.count(".") > 1 and folder not in UNSPOKEN and not entry.is_folder
            if entry.name.endswith(FOLDERS.get(folder, (".yml",)))
            if (match := _TRANSLATION.fullmatch(_parted(entry.name)[0]))
        }
        if not found:
            return entries, {}
        originals = [entry for entry in entries if entry.path not in found]
        known = {_parted(each.name)[0] for each in originals if not each.is_folder}
        known |= self.known.get(folder, set())
        translations: dict[str, tuple[Document, ...]] = {}
        for place, match in found.items():
            slug, language = match.groups()
            if slug in known:
                one = Document(
                    folder=folder,
                    slug=slug,
                    path=place,
                    text="",
                    language=language,
                    is_found=True,
                )
                translations[slug] = (*translations.get(slug, ()), one)
            else:
                ending = _parted(place)[1]
                folders = [each.name for each in originals if each.is_folder]
                head = HEADS.get(folder, "")
                hint = (
                    f": put it into {path}/{slug}/, as {head}.{language}{ending}"
                    if slug in folders
                    else nearest(slug, known)
                )
                self.refuse(place, f"translates {slug}{ending}, which is not there{hint}")
        return originals, translations

    def read_parts(self, folder: str, slug: str, path: str) -> None:
        everything = self.entries(path)
        entries, translations = self.parted(folder, path, everything)
        heads = [f"{HEADS[folder]}{ending}" for ending in ENDINGS]
        found = [entry for entry in entries if entry.name in heads]
        if len(found) != 1:
            count = "no" if not found else "more than one"
            names = " or ".join(heads[:2])
            self.refuse(
                path, f"the folder holds {count} {names}: it needs one, for title and so on"
            )
            return
        paths = [entry.path for entry in everything]
        if self.add_known(folder, slug, found[0].path, paths):
            return
        told = translations.pop(HEADS[folder], ())
        for each in (one for others in translations.values() for one in others):
            message = f"is not read here: {HEADS[folder]}.{each.language}.md translates all of it"
            self.refuse(each.path, message)
        head = self.told(folder, slug, found[0].path, told)
        parts = []
        for entry in entries:
            if entry is found[0]:
                continue
            if entry.is_folder or not entry.name.endswith(ENDINGS):
                message = f"is not read here: an update is a file with {one_of(ENDINGS)}"
                self.refuse(entry.path, message)
            elif part := self.document(folder, slug, entry.path):
                parts.append(part)
        if head:
            self.documents.append(
                replace(head, parts=(*parts,), digest=_digest_of_all(self.digests, paths))
            )

    def read_assets(self, path: str) -> None:
        for entry in self.entries(path):
            if entry.is_folder:
                self.read_assets(entry.path)
            elif (data := self.bytes(entry.path)) is not None:
                self.assets.append(Asset(path=entry.path.removeprefix(f"{CONTENT}/"), data=data))

    def add_document(
        self, folder: str, slug: str, path: str, translations: tuple[Document, ...]
    ) -> None:
        paths = [path, *(one.path for one in translations)]
        if self.seen and self.add_known(folder, slug, path, paths):
            return
        if self.is_finding and folder == LATER:
            found = Document(
                folder=folder,
                slug=slug,
                path=path,
                text="",
                translations=translations,
                is_found=True,
            )
            self.documents.append(found)
        elif document := self.told(folder, slug, path, translations):
            self.documents.append(document)

    def told(
        self, folder: str, slug: str, path: str, translations: tuple[Document, ...]
    ) -> Document | None:
        """Read a document with its translations."""
        document = self.document(folder, slug, path)
        if not translations or document is None:
            return document
        read = [
            replace(found, language=one.language)
            for one in translations
            if (found := self.document(folder, slug, one.path))
        ]
        digest = _digest_of_all(self.digests, [path, *(one.path for one in translations)])
        return replace(document, translations=tuple(read), digest=digest)

    def add_known(self, folder: str, slug: str, path: str, paths: list[str]) -> bool:
        """Take a document up without reading it, if it is known what its files hold."""
        digest = _digest_of_all(self.seen, paths)
        if not digest or not self.memory.is_known(folder, slug, digest):
            return False
        for each in paths:
            self.digests[each] = self.seen[each]
        self.documents.append(
            Document(folder=folder, slug=slug, path=path, text="", digest=digest, is_known=True)
        )
        return True

    def document(self, folder: str, slug: str, path: str) -> Document | None:
        text = self.text(path)
        if not text:
            return None
        digest = _digest_of_all(self.digests, [path])
        return Document(folder=folder, slug=slug, path=path, text=text, digest=digest)

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
        elif found := find_control(text):
            line = text.count("\n", 0, found.start()) + 1
            message = f"holds an invisible control character, U+{ord(found[0]):04X}: remove it"
            self.refuse(path, message, line)
        elif any(mark in text for mark in _MARKS) and (found := _CONFLICT.search(text)):
            line = text.count("\n", 0, found.start()) + 1
            message = "a merge conflict is left in the file: keep one side, remove the marks"
            self.refuse(path, message, line)
        else:
            return text
        return None

    def bytes(self, path: str) -> bytes | None:
        try:
            data = read_file(self.full(path))
        except OSError as error:
            self.refuse(path, f"cannot be read: {error.strerror}")
            return None
        self.digests[path] = digest_of(data)
        return data

    def take_known(
        self, folder: str, path: str, listed: list[os.DirEntry[str]]
    ) -> list[os.DirEntry[str]]:
        """Take up what is known: plain files that hold what they held; give the other entries."""
        known = dict(self.memory.digests(folder))
        places = {slug: f"{path}/{slug}.md" for slug in known}
        for slug in [each for each in known if self.seen.get(places[each]) != known[each]]:
            del known[slug], places[slug]
        held = dict(zip(places.values(), known.values(), strict=True))
        others = self.others(path, listed, held)
        # Two documents that want one address are both looked at.
        names = (slug_of(each.name).partition(".")[0] for each in others)
        rivals = [slug for slug in names if slug in known]
        if rivals or len(others) + len(held) > len(listed):  # or one is gone since it was seen
            there = {f"{path}/{each.name}" for each in listed}
            gone = [slug for slug, place in places.items() if place not in there]
            for slug in {*rivals, *gone}:
                del known[slug], held[places[slug]]
            others = self.others(path, listed, held)
        self.digests |= held
        self.known[folder] = {*known}
        return others

    def others(
        self, path: str, listed: list[os.DirEntry[str]], held: Digests
    ) -> list[os.DirEntry[str]]:
        start = f"{path}/"
        return [each for each in listed if start + each.name not in held or each.is_symlink()]

    def entries(self, path: str) -> list[_Entry]:
        """List a folder without hidden files, editors' leftovers and links that lead outside."""
        return self.checked(path, self.scan(path))

    def scan(self, path: str) -> list[os.DirEntry[str]]:
        try:
            with os.scandir(self.full(path)) as found:
                listed = [*found]
        except OSError as error:
            self.refuse(path, f"cannot be read: {error.strerror}")
            return []
        if all(is_leftover(each.name) for each in listed):
            self.digests[f"{path}/"] = EMPTY
        return listed

    def checked(self, path: str, listed: Iterable[os.DirEntry[str]]) -> list[_Entry]:
        return [
            _Entry(path=f"{path}/{each.name}", name=each.name, is_folder=each.is_dir())
            for each in sorted(listed, key=lambda each: each.name)
            if not is_leftover(each.name) and self.is_content(each, f"{path}/{each.name}")
        ]

    def is_content(self, entry: os.DirEntry[str], path: str) -> bool:
        """Whether an entry of a folder can be read; what keeps it from that is told."""
        if not entry.name.isprintable():
            shown = path.removesuffix(entry.name) + ascii(entry.name)[1:-1]
            self.refuse(shown, "the name holds what cannot be printed: rename it")
        elif entry.is_symlink() and not leads_inside(self.root, entry.path):
            self.refuse(path, "is a link that leads out of content/: put the file itself here")
        elif entry.is_symlink() and entry.is_dir():
            self.refuse(path, "is a link to a folder, which might never end: copy what it holds")
        elif not entry.is_dir() and not entry.is_file():
            self.refuse(path, "is neither a file nor a folder: remove it")
        else:
            return True
        return False

    def full(self, path: str) -> str:
        return f"{self.root}/{path}"

    def refuse(self, path: str, message: str, line: int = 1) -> None:
        self.problems.append(Problem(path=path, line=line, address="file", message=message))
        self.unread.append(path)


def _digest_now(one: Document, seen: Digests) -> bytes:
    """Digest a document as it was seen, unless it has been read."""
    return one.digest or _digest_of_all(seen, [one.path, *(each.path for each in one.translations)])


def _digest_of_all(digests: Digests, paths: list[str]) -> bytes:
    """Digest a document, in whatever files it is spelt; nothing where one was not seen."""
    if len(paths) == 1 and paths[0].endswith(".md"):  # the main spelling, and the quickest
        return digests.get(paths[0], b"")
    if any(path not in digests for path in paths):
        return b""
    return digest_of(b"".join(path.encode() + b"\0" + digests[path] for path in paths))


def slug_of(path: str) -> str:
    """Tell the slug that a file's name stands for."""
    return _parted(path.rpartition("/")[2])[0]


def _parted(name: str) -> tuple[str, str]:
    """Part a file's name from its ending, if it has one."""
    slug, _, ending = name.rpartition(".")
    return (slug, f".{ending}") if slug and ending else (name, "")
