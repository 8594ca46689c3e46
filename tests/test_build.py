"""The whole road: any edits lead to what a clean build makes, and any failure leaves the old."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from statusgen import workers
from statusgen.build import Order, build
from statusgen.errors import ContentErrors, OutputError, StatusgenError, ThemeError
from statusgen.model import Moment, digest_of_texts
from statusgen.output import Output, Published
from statusgen.renderers import crawlers, email, html
from statusgen.workers import ENOUGH
from tests.folders import new_folder
from tests.worlds import INCIDENT, MINIMAL, Files, at, publish, tree, write

if TYPE_CHECKING:
    from collections.abc import Iterator

PROJECT = Path(__file__).parents[1]
NOW = "2026-01-03 12:00"

RESOLVED = f"""{INCIDENT}
[RESOLVED] It is over.
Updated: 18:30 UTC
"""
MAINTENANCE = """\
---
title: New disks
components: [db]
starts: 2026-01-05 10:00 UTC
ends: 2026-01-05 12:00 UTC
---

[SCHEDULED] The database moves.
Updated: 2026-01-02 09:00 UTC
"""
COMPONENTS = """\
- id: api
  name: API
- id: db
  name: Database
"""
SITE = """\
title: Example
url: https://status.example.com/
since: 2026-01-01
languages: [en, tr]
theme: {name: tiny}
"""
API_IN_TURKISH = f"- id: api\n  name: Arayüz\n  translates: {digest_of_texts(('API', ''))}\n"
MAIL_PARTS = (".subject.txt", ".txt", ".html")

THEME = {
    **{
        f"templates/{name}": "{{ page }}"
        for name in (*html.TEMPLATES.values(), *crawlers.TEMPLATES.values())
    },
    **{
        f"emails/{name}{part}": "{{ page }}"
        for name in email.TEMPLATES.values()
        for part in MAIL_PARTS
    },
    "templates/feed-entry.title.txt": "{{ page }}",
    "templates/feed-entry.html": "{{ page }}",
    "templates/feed-story.html": "{{ page }}",
    "templates/event.title.txt": "{{ page }}",
    "templates/event.txt": "{{ page }}",
    "templates/moved.html": "{{ page }}",
    "templates/widget.html": "{{ page }}",
    "templates/widget.js": "{{ page }}",
    "static/style.css.j2": "{{ theme.options.accent }}",
    "locales/tr.po": 'msgid "Resolved"\nmsgstr "Çözüldü"\n',
    "theme.toml": '[options.accent]\ndefault = "red"\n',
}
"""A theme that shows all that a page could know, so that whatever changes can be seen."""

VARIANTS: dict[str, tuple[str | None, ...]] = {
    "content/incidents/slow.md": (
        None,
        INCIDENT,
        RESOLVED,
        INCIDENT.replace("slow", "very slow"),
        INCIDENT.replace("started", "visibility: internal\nstarted"),
        INCIDENT.replace("started", "draft: yes\nstarted"),
        INCIDENT.replace("started", "edited: {at: 2026-01-04 09:00 UTC, what: A}\nstarted"),
    ),
    "content/incidents/slow.tr.md": (
        None,
        f"---\ntitle: Yavaş\ntranslates: {digest_of_texts(('The API is slow', '', ''))}\n---\n",
        "---\ntitle: Yavaş\n---\n\n[INVESTIGATING] Bekliyoruz.\nUpdated: 17:05 UTC\n",
    ),
    "content/components.tr.yml": (None, "- id: api\n  name: Arayüz\n", API_IN_TURKISH),
    "content/incidents/down/incident.yml": (
        "title: Down\nseverity: SEV-2\nstarted: 2025-12-31 23:50 UTC\ncomponents: [db]\n",
        "title: Down\nseverity: SEV-1\nstarted: 2025-12-31 23:50 UTC\ncomponents: [db]\n",
    ),
    "content/incidents/down/1.md": (
        "[INVESTIGATING] We look.\nUpdated: 2026-01-01 00:05 UTC\n",
        "[MONITORING] We watch.\nUpdated: 2026-01-01 00:05 UTC\n",
    ),
    "content/incidents/down/2.md": (None, "[RESOLVED] Over.\nUpdated: 2026-01-03 09:00 UTC\n"),
    "content/maintenance/disks.md": (None, MAINTENANCE, MAINTENANCE.replace("12:00", "13:00")),
    "content/components.yml": (
        COMPONENTS,
        COMPONENTS.replace("API", "The API"),
        f"{COMPONENTS}- id: web\n  name: Web\n",
    ),
    "content/pages/about.md": (None, "# About\n\nUs.\n", "# About\n\nAll of us.\n"),
    "content/files/a": (None, "1", "2"),
    "content/files/b/c/d": (None, "1", "2"),
    "content/site.yml": (
        SITE,
        SITE.replace("languages: [en, tr]\n", ""),
        f"{SITE}timezone: Europe/Berlin\n",
        f"{SITE}timezone: Africa/Lagos\n",
        SITE.replace("tiny", "tiny, options: {accent: blue}"),
        SITE.replace("example.com/", "example.com/status/"),
        SITE.replace("Example", "Another"),
        f"{SITE}description: About us\n",
        f"{SITE}support: help@example.com\n",
        f"{SITE}uptime: {{partial_outage: 0.5}}\n",
    ),
    "overrides/templates/home.html": (None, "<p>{{ page }}</p>"),
    "overrides/static/more.css": (None, "a", "b"),
}
"""Each file of a small site, and what may become of it; at first each is the first of these."""

MISTAKES = [
    ("content/incidents/slow.md", INCIDENT.replace("INVESTIGATING", "INVESTIGATNG")),
    ("content/site.yml", SITE.replace("tiny", "tiny, options: {acent: blue}")),
    ("overrides/templates/home.html", "{{ page"),
    ("overrides/templates/home.html", "{{ page.nothing }}"),
]

Edit = tuple[str, str | None]
EDITS = st.sampled_from(
    [*((path, text) for path, texts in VARIANTS.items() for text in texts), *MISTAKES]
)
HARMS = st.tuples(
    st.sampled_from(["append", "empty", "delete", "link", "stray", "folder", "forget", "garble"]),
    st.sampled_from(["public", "outbox"]),
    st.integers(min_value=0, max_value=30),
)
MOMENTS = st.sampled_from([NOW, "2026-01-02 17:30", "2026-01-05 11:00", "2026-04-01 00:00"])
STEPS = st.tuples(st.lists(EDITS, max_size=3), st.lists(HARMS, max_size=2), MOMENTS, st.booleans())


class Site:
    """A site that is edited, built and mistreated, and what is known not to be ours in it."""

    def __init__(self, root: Path) -> None:
        """Begin with the first variant of every file."""
        self.root = write(root / "site", {f"themes/tiny/{path}": THEME[path] for path in THEME})
        self.fresh = root / "fresh"
        self.elsewhere = write(root, {"elsewhere": "theirs"}) / "elsewhere"
        self.foreign: dict[str, dict[str, bytes]] = {"public": {}, "outbox": {}}
        self.forgotten: set[str] = set()
        for path, texts in VARIANTS.items():
            self.edit(path, texts[0])

    def edit(self, path: str, text: str | None) -> None:
        """Give a file of the site another content, or remove it."""
        if text is not None:
            write(self.root, {path: text})
            return
        (self.root / path).unlink(missing_ok=True)
        folder = (self.root / path).parent
        if folder.is_dir() and not any(folder.iterdir()):
            folder.rmdir()

    def harm(self, kind: str, folder: str, number: int) -> None:
        """Do something to what was built."""
        target = self.root / folder
        manifest = self.root / ".statusgen" / f"{folder}.json"
        if kind == "stray":
            place = f"stray/{number}.txt" if number % 2 else f"{number}.stray"
            write(target, {place: "theirs"})
            self.foreign[folder][place] = b"theirs"
        elif kind == "folder":
            (target / f"folder/{number}").mkdir(parents=True, exist_ok=True)
        elif kind in ("forget", "garble") and manifest.exists():
            if kind == "forget":
                manifest.unlink()
            else:
                manifest.write_bytes(manifest.read_bytes()[:number])
            self.forgotten.add(folder)
        else:
            self.harm_file(kind, folder, number)

    def harm_file(self, kind: str, folder: str, number: int) -> None:
        """Do something to a file that we wrote."""
        target = self.root / folder
        ours = sorted(tree(target).keys() - self.foreign[folder].keys())
        places = [target / path for path in ours if not (target / path).is_symlink()]
        if not places:
            return
        place = places[number % len(places)]
        if kind == "append":
            place.write_bytes(place.read_bytes() + b"!")
        elif kind == "empty":
            place.write_bytes(b"")
        else:
            place.unlink()
        if kind == "link":
            place.symlink_to(self.elsewhere)

    def build(self, moment: Moment, *, clean: bool) -> None:
        """Build, and compare with a build into a fresh folder."""
        before = {folder: tree(self.root / folder) for folder in self.foreign}
        try:
            published, _ = build(self.root, self.output(self.root, clean=clean), Order(moment))
        except StatusgenError as error:
            with pytest.raises(type(error)):
                build(self.root, self.output(self.fresh), Order(moment))
            assert {folder: tree(self.root / folder) for folder in self.foreign} == before
            assert not self.fresh.exists()
            return
        build(self.root, self.output(self.fresh), Order(moment))
        for folder, foreign in self.foreign.items():
            expected = tree(self.fresh / folder)
            if folder in self.forgotten:
                # Without a manifest, what no longer belongs there counts as theirs.
                foreign.update(before[folder])
            for path in expected:
                foreign.pop(path, None)
            assert tree(self.root / folder) == expected | foreign
        count = len(self.foreign["public"])
        assert published.foreign in ({count} if clean or "public" in self.forgotten else {0, count})
        self.forgotten.clear()
        shutil.rmtree(self.fresh)

    def output(self, folder: Path, *, clean: bool = False) -> Output:
        """Name the folders below a folder."""
        return Output(public=folder / "public", outbox=folder / "outbox", is_clean=clean)


class TestIncrementalEqualsClean:
    """The history of a folder decides nothing about what a build leaves in it."""

    @given(st.lists(STEPS, min_size=1, max_size=6))
    @settings(max_examples=40)
    def test_any_edits(
        self, steps: list[tuple[list[Edit], list[tuple[str, str, int]], str, bool]]
    ) -> None:
        """After any edits and any damage, a build leaves what a clean one makes, byte for byte."""
        with new_folder() as root:
            site = Site(root)
            build(site.root, site.output(site.root), Order(Moment(as_of=at(NOW))))
            for edits, harms, moment, clean in steps:
                for path, text in edits:
                    site.edit(path, text)
                for kind, folder, number in harms:
                    site.harm(kind, folder, number)
                site.build(Moment(as_of=at(moment)), clean=clean)
            assert site.elsewhere.read_text() == "theirs"

    @pytest.mark.parametrize("path", ["content/site.yml", "content/components.yml"])
    def test_each_setting_alone(self, tmp_path: Path, path: str) -> None:
        """Whatever is set in another way is so everywhere, though nothing else has changed."""
        site = Site(tmp_path)
        site.edit("content/incidents/slow.md", INCIDENT)
        build(site.root, site.output(site.root), Order(Moment(as_of=at(NOW))))
        for text in (*VARIANTS[path][1:], VARIANTS[path][0]):
            site.edit(path, text)
            site.build(Moment(as_of=at(NOW)), clean=False)

    def test_worse_all_along(self, tmp_path: Path) -> None:
        """An outage that was worse than it was told, at the same times, is counted as such."""
        story = """
            ---
            title: Down
            severity: SEV-2
            started: 2026-01-02 12:00 UTC
            components: {{db: {status}}}
            ---

            [RESOLVED] Over.
            Updated: 2026-01-02 13:00 UTC
        """
        path = "content/incidents/down.md"
        for status in ("partial_outage", "major_outage"):
            publish(write(tmp_path, MINIMAL | {path: story.format(status=status)}))
        table = (tmp_path / "public/uptime.csv").read_text(encoding="utf-8")
        assert "2026-01,db,Database,,98.6111,3600,0,259200" in table


@pytest.fixture
def root() -> Iterator[Path]:
    """A small site in the default theme, and nothing built yet."""
    with new_folder() as folder:
        yield write(folder, MINIMAL | {"content/incidents/slow.md": INCIDENT})


class TestBuild:
    """What the road gives back."""

    def test_tells_what_it_did(self, root: Path) -> None:
        """A build counts what it wrote and what it withheld; a second one writes nothing."""
        hidden = INCIDENT.replace("severity: SEV-2", "severity: SEV-2\ndraft: yes")
        write(root, {"content/incidents/draft.md": hidden})
        first, withheld = publish(root)
        assert first.written == len(tree(root / "public")) + len(tree(root / "outbox"))
        assert withheld == "1 draft"
        assert publish(root)[0] == Published(unchanged=first.written)

    def test_an_hour_later(self, root: Path) -> None:
        """An hour later the same day, a page on which nothing is open is not rewritten."""
        write(root, {"content/incidents/slow.md": RESOLVED})
        first = publish(root)[0]
        assert publish(root, as_of="2026-01-03 13:00")[0] == Published(unchanged=first.written)

    def test_promise_that_passes(self, root: Path) -> None:
        """A promised update that did not come is told by the first build after its time."""
        promise = "Next update: 17:30 UTC\nUpdated: 17:05 UTC"
        write(root, {"content/incidents/slow.md": INCIDENT.replace("Updated: 17:05 UTC", promise)})
        publish(root, as_of="2026-01-02 17:20")
        publish(root, as_of="2026-01-02 17:40")
        page = (root / "public/incidents/slow/index.html").read_text(encoding="utf-8")
        assert "The next update was due at" in page
        assert "Next update by" not in page

    def test_mails_are_not_published(self, root: Path) -> None:
        """Mails lie in the outbox and nowhere else."""
        publish(root)
        assert {Path(path).suffix for path in tree(root / "outbox")} == {".eml"}
        assert not [path for path in tree(root / "public") if path.endswith(".eml")]


class TestLastGoodPage:
    """A build that fails leaves the site as it was."""

    def unchanged(self, root: Path, error: type[StatusgenError]) -> str:
        """Build in vain, and tell why."""
        before = tree(root)
        with pytest.raises(error) as caught:
            publish(root)
        assert tree(root) == before
        return str(caught.value)

    @pytest.mark.parametrize("is_built", [True, False], ids=["built before", "not built before"])
    def test_bad_content(self, root: Path, *, is_built: bool) -> None:
        """One misspelt word in one file, and nothing is written."""
        if is_built:
            publish(root)
        write(root, {"content/incidents/new.md": INCIDENT.replace("INVESTIGATING", "INVESTIGATED")})
        message = self.unchanged(root, ContentErrors)
        assert message.startswith("content/incidents/new.md:9: ")

    @pytest.mark.parametrize(
        ("template", "line"),
        [
            pytest.param("<p>\n{{ page.nothing }}", 2, id="undefined name"),
            pytest.param("<p>\n\n{% if %}", 3, id="syntax error"),
            pytest.param("{% include 'nothing.html' %}", 1, id="no such template"),
            pytest.param("{{ 1 / 0 }}", 1, id="error in an expression"),
            pytest.param("{% include 'templates/home.html' %}", 1, id="a template in itself"),
        ],
    )
    def test_broken_template(self, root: Path, template: str, line: int) -> None:
        """A template that fails is told in one line with its file, and nothing is written."""
        publish(root)
        write(root, {"overrides/templates/home.html": template})
        message = self.unchanged(root, ThemeError)
        assert "\n" not in message
        if "nothing.html" not in template:
            assert f"overrides/templates/home.html:{line}: " in message

    def test_folder_that_became_a_link(self, root: Path) -> None:
        """What was moved behind a link is not ours any more, though it is as it was left."""
        publish(root)
        folder, moved = root / "public/incidents/slow", root / "moved"
        folder.rename(moved)
        folder.symlink_to(moved)
        write(root, {"content/incidents/slow.md": RESOLVED})
        message = self.unchanged(root, OutputError)
        assert message.startswith(f"cannot write {folder}: a link stands where a folder belongs")

    def test_then_it_goes_on(self, root: Path) -> None:
        """Once the mistake is mended, the next build writes what changed, and only that."""
        first = publish(root)[0]
        good = (root / "content/site.yml").read_bytes()
        write(root, {"content/site.yml": "title: ["})
        self.unchanged(root, ContentErrors)
        write(root, {"content/site.yml": good})
        assert publish(root)[0] == Published(unchanged=first.written)


KILLED = """
import os, signal, sys
step, kills_at = 0, int(sys.argv.pop(1))

def watch(real):
    def call(*args, **kwargs):
        global step
        step += 1
        if step == kills_at:
            os.kill(os.getpid(), signal.SIGKILL)
        return real(*args, **kwargs)
    return call

os.replace, os.link, os.mkdir = map(watch, (os.replace, os.link, os.mkdir))
from statusgen.cli import main
main()
"""

PLAIN = """
import sys
sys.argv.pop(1)
from statusgen.cli import main
main()
"""

KILLED_ONCE_TOLD = (
    """
import os, signal
real = os.replace

def replace(source, place):
    real(source, place)
    if str(place).endswith("public.json"):  # it tells of what is to be put there next
        os.kill(os.getpid(), signal.SIGKILL)

os.replace = replace
"""
    + PLAIN
)

OVERTAKEN = (
    f"""
import subprocess, sys
from statusgen import cli
real = cli.examine

def examine(*args, **kwargs):
    found = real(*args, **kwargs)
    command = [sys.executable, "-B", "-c", {KILLED_ONCE_TOLD!r}, *words]
    print(subprocess.run(command).returncode, file=sys.stderr)
    return found

cli.examine, words = examine, sys.argv[1:]
"""
    + PLAIN
)

FULL = """
import resource, sys
size = int(sys.argv.pop(1))
from statusgen.cli import main
resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
main()
"""


def run(code: str, number: int, root: Path) -> subprocess.CompletedProcess[str]:
    """Build in a process of its own that begins with some code."""
    command = [sys.executable, "-B", "-c", code, str(number)]
    moment = ["--as-of", f"{NOW} UTC"]
    return subprocess.run(
        [*command, "build", root, *moment],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
    )


def change(root: Path) -> None:
    """Change a site that was built so that pages come, change and go, and mails too."""
    (root / "content/incidents/slow.md").unlink()
    changed: Files = {
        "content/incidents/fast.md": INCIDENT,
        "content/files/a/b": "2",
        "content/maintenance/disks.md": MAINTENANCE,
        "content/components.yml": COMPONENTS.replace("API", "The API"),
    }
    write(root, changed)


def standing(root: Path) -> dict[str, bytes]:
    """Read all that a build left, but for its seal, which tells two equal files apart."""
    return {path: data for path, data in tree(root).items() if not path.endswith(".seal")}


class TestRealProcess:
    """What only a process of its own can show."""

    @pytest.mark.parametrize(
        ("step", "goes_back"),
        [(1, False), (9, True), (17, False), (25, True), (29, False), (33, True)],
    )
    def test_killed(self, root: Path, step: int, *, goes_back: bool) -> None:
        """A killed build is healed by the next one, of the same content or that of before."""
        publish(root)
        before = tree(root / "content")
        change(root)
        killed = run(KILLED, step, root)
        assert killed.returncode == -signal.SIGKILL or "that helped was killed" in killed.stderr
        assert "index.html" in tree(root / "public")
        if goes_back:
            shutil.rmtree(root / "content")
            write(root / "content", {**before})
        publish(root)
        healed = standing(root)
        for folder in ("public", "outbox", ".statusgen"):
            shutil.rmtree(root / folder)
        publish(root)
        assert healed == standing(root)

    def test_killed_while_another_had_looked(self, root: Path) -> None:
        """What a build saw before another changed it is not taken for what stands there now."""
        assert run(PLAIN, 0, root).returncode == 0
        write(root, {"content/incidents/slow.md": RESOLVED})
        done = run(OVERTAKEN, 0, root)
        assert (done.returncode, done.stderr) == (0, f"{-signal.SIGKILL}\n")
        assert run(PLAIN, 0, root).returncode == 0
        healed = standing(root)
        for folder in ("public", "outbox", ".statusgen"):
            shutil.rmtree(root / folder)
        assert run(PLAIN, 0, root).returncode == 0
        assert healed == standing(root)

    def test_file_size_limit(self, root: Path) -> None:
        """A file that cannot be written whole is one line on standard error, and status 1."""
        publish(root)
        change(root)
        before = tree(root)
        done = run(FULL, 4096, root)
        assert done.stderr == (
            f"statusgen: cannot write {root}/public: File too large; "
            "what was published before is untouched\n"
        )
        assert (done.returncode, done.stdout) == (1, "")
        assert tree(root) == before

    def test_full_disk(self, root: Path, small_disk: Path) -> None:
        """A disk that is full is one line on standard error, and status 1."""
        shutil.copytree(root, small_disk, dirs_exist_ok=True)
        publish(small_disk)
        size = shutil.disk_usage(small_disk).free * 2 // 3
        write(small_disk, {"content/files/big": b"b" * size})  # there is no room for it twice
        before = tree(small_disk)
        done = run(FULL, 1 << 30, small_disk)
        assert done.stderr == (
            f"statusgen: cannot write {small_disk}/public: No space left on device; "
            "what was published before is untouched\n"
        )
        assert (done.returncode, done.stdout) == (1, "")
        assert tree(small_disk) == before


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system with just enough room for a small site."""
    mount = shutil.which("mount")
    disk = tmp_path / "disk"
    disk.mkdir()
    options = ["-t", "tmpfs", "-o", "size=768k", "none", str(disk)]
    if (
        mount is None
        or subprocess.run([mount, *options], check=False, capture_output=True).returncode
    ):
        pytest.skip("only who may mount a disk can fill a small one")
    yield disk
    subprocess.run(["/bin/umount", disk], check=True)


def test_problems_of_content_and_theme(tmp_path: Path) -> None:
    """A mistake in the choice of the theme is told beside those of the content."""
    files: Files = {
        "content/site.yml": """
            title: Example
            url: https://example.com/
            theme: defalt
        """,
        "content/incidents/slow.md": INCIDENT.replace("[INVEST", "[INVST"),
    }
    with pytest.raises(ContentErrors) as caught:
        publish(write(tmp_path, MINIMAL | files))
    assert [problem.address for problem in caught.value.problems] == ["updates[0].header", "theme"]


def test_many_pages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A site that several processes render is the same, byte for byte, as one that one does."""
    incidents: Files = {f"content/incidents/slow-{n}.md": INCIDENT for n in range(2 * ENOUGH)}
    root = write(tmp_path, MINIMAL | incidents)
    monkeypatch.setattr(workers, "_processors", lambda: 2)
    publish(root)
    many = tree(root / "public") | tree(root / "outbox")
    monkeypatch.setattr(workers, "_processors", lambda: 1)
    publish(root, clean=True)
    assert many == tree(root / "public") | tree(root / "outbox")


def test_broken_template_among_many(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A template that fails in another process is told with its file and line, and alone."""
    monkeypatch.setattr(workers, "_processors", lambda: 2)
    incidents: Files = {f"content/incidents/slow-{n}.md": INCIDENT for n in range(2 * ENOUGH)}
    override: Files = {"overrides/templates/incident.html": "<p>\n{{ page.nothing }}\n"}
    with pytest.raises(
        ThemeError, match=r"templates/incident\.html:2: IncidentPage has no 'nothing'$"
    ):
        publish(write(tmp_path, MINIMAL | incidents | override))
    assert not (tmp_path / "public").exists()
