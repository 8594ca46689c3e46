"""A build that remembers equals one that does not, whatever happens to what it remembers."""

from __future__ import annotations

import errno
import os
import re
import shutil
from typing import TYPE_CHECKING

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from statusgen import cache, markdown
from statusgen.artifact import Artifact, Bundle
from statusgen.errors import ContentErrors, ThemeError
from statusgen.model import Moment, digest_of_texts
from statusgen.parse import incidents, updates
from statusgen.reading import recall
from tests.folders import new_folder, without_rights
from tests.worlds import INCIDENT, MINIMAL, Files, at, publish, tree, write

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from statusgen.content import Document
    from statusgen.markdown import Known
    from statusgen.views.summary import Archive

SITE = "title: Example\nurl: https://status.example.com/\nsince: 2026-01-01\n"
OLD = INCIDENT.replace("2026-01-02", "2025-11-02")
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
FILES: Files = MINIMAL | {
    "content/incidents/old.md": OLD,
    "content/incidents/slow.md": INCIDENT,
    "content/maintenance/disks.md": MAINTENANCE,
    "content/incidents/folder/incident.md": INCIDENT.partition("\n[INV")[0] + "\n",
    "content/incidents/folder/1.md": "[MONITORING] We watch.\nUpdated: 2026-01-02 17:30 UTC\n",
}
CHANGED: Files = {"content/incidents/slow.md": INCIDENT.replace("looking", "still looking")}


@pytest.fixture
def root() -> Iterator[Path]:
    """A site with incidents of two months that was built."""
    with new_folder() as folder:
        publish(write(folder, FILES))
        yield folder


@pytest.fixture
def parsed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """List the incidents that are parsed from here on."""
    slugs: list[str] = []
    parse = updates.outline

    def noted(document: Document, *args: object) -> object:
        slugs.append(document.slug)
        return parse(document, *args)  # type: ignore[arg-type] # as it was called

    monkeypatch.setattr(incidents, "outline", noted)
    return slugs


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """List the texts that are read as Markdown from here on, as if none had been yet."""
    texts: list[str] = []
    newly = markdown._read  # noqa: SLF001 - as a new process would

    def noted(text: str) -> Known:
        known = newly(text)
        texts.extend([text] if known else [])
        return known

    monkeypatch.setattr(markdown, "_read", noted)
    monkeypatch.setattr(markdown, "_newly_read", noted)
    monkeypatch.setattr(markdown, "_known", {})
    return texts


def is_clean(root: Path) -> bool:
    """Whether the output is what a clean build makes of the content."""
    left = tree(root / "public") | tree(root / "outbox")
    with new_folder() as fresh:
        shutil.copytree(root / "content", fresh / "content")
        publish(fresh)
        return left == tree(fresh / "public") | tree(fresh / "outbox")


class TestRemembered:
    """What is not read again."""

    def test_one_changed(self, root: Path, parsed: list[str]) -> None:
        """Of all incidents the one that changed is parsed."""
        publish(write(root, CHANGED))
        assert parsed == ["slow"]
        assert is_clean(root)

    def test_texts(self, root: Path, read: list[str]) -> None:
        """Nor are the texts of the others read, though feeds and files hold them."""
        marked = INCIDENT.replace("looking", "**looking**")
        publish(write(root, {"content/incidents/marked.md": marked}))
        read.clear()
        publish(write(root, {"content/incidents/slow.md": INCIDENT.replace("looking", "_at it_")}))
        assert set(read) == {"We are _at it_ into it."}
        assert is_clean(root)

    def test_file(self, root: Path) -> None:
        """A file of the site that holds something else is published again, and only that."""
        for text in ("one", "two"):
            published, _ = publish(write(root, {"content/files/a.txt": text}))
            assert (root / "public/files/a.txt").read_text() == text
        assert published.written == 1
        assert is_clean(root)

    def test_one_part_changed(self, root: Path, parsed: list[str]) -> None:
        """An incident in several files is parsed if one of them changed."""
        part = "[MONITORING] We watch it.\nUpdated: 2026-01-02 17:30 UTC\n"
        publish(write(root, {"content/incidents/folder/1.md": part}))
        assert parsed == ["folder"]
        assert is_clean(root)

    def test_one_part_more(self, root: Path, parsed: list[str]) -> None:
        """So is one that got a file more."""
        part = "[RESOLVED] Over.\nUpdated: 2026-01-02 18:30 UTC\n"
        publish(write(root, {"content/incidents/folder/2.md": part}))
        assert parsed == ["folder"]
        assert is_clean(root)

    def test_text_of_the_site(self, root: Path, parsed: list[str]) -> None:
        """Settings that no incident hangs on parse none."""
        publish(write(root, {"content/site.yml": SITE.replace("Example", "Another")}))
        assert parsed == []
        assert is_clean(root)

    @pytest.mark.parametrize(
        "changed",
        [
            {"content/site.yml": f"{SITE}timezone: Asia/Kolkata\n"},
            {"content/components.yml": "[{id: api, name: API}, {id: db, name: DB}]\n"},
            {"content/policy.yml": "severities: {SEV-2: {impact: minor}}\n"},
        ],
        ids=["zone", "components", "policy"],
    )
    def test_other_settings(self, root: Path, parsed: list[str], changed: Files) -> None:
        """Settings that incidents hang on parse all."""
        publish(write(root, changed))
        assert sorted(parsed) == ["folder", "old", "slow"]
        assert is_clean(root)

    def test_translated_later(self, root: Path, parsed: list[str]) -> None:
        """An incident that is known is read again once it is translated, or no more."""
        spoken = f"{SITE}languages: [en, tr]\n"
        publish(write(root, {"content/site.yml": spoken}))
        parsed.clear()
        made = digest_of_texts(("The API is slow", "", ""))
        said = f"---\ntitle: Eski\ntranslates: {made}\n---\n"
        publish(write(root, {"content/incidents/old.tr.md": said}))
        assert set(parsed) == {"old"}
        assert b"Eski" in tree(root / "public")["tr/incidents/old/index.html"]
        assert is_clean(root)
        (root / "content/incidents/old.tr.md").unlink()
        publish(root)
        assert is_clean(root)

    def test_language_that_is_gone(self, root: Path) -> None:
        """What is known in a language that the site speaks no more is a problem again."""
        files: Files = {
            "content/site.yml": f"{SITE}languages: [en, tr]\n",
            "content/incidents/old.tr.md": "---\ntitle: Eski\n---\n",
        }
        publish(write(root, files))
        with pytest.raises(ContentErrors, match="lists no language 'tr'"):
            publish(write(root, {"content/site.yml": SITE}))

    def test_hidden(self, root: Path, parsed: list[str]) -> None:
        """What is withheld is known too, and counted, and no word of it is kept."""
        secret = INCIDENT.replace("severity", "visibility: internal\nseverity")
        write(root, {"content/incidents/zqsecret.md": secret.replace("API", "zqsecret")})
        assert publish(root)[1] == "1 internal"
        parsed.clear()
        assert publish(write(root, CHANGED))[1] == "1 internal"
        assert parsed == ["slow"]
        assert not [path for path, data in tree(root / ".statusgen").items() if b"zqsecret" in data]

    @pytest.mark.parametrize("place", ["maintenance/copy.md", "pages/copy.md"])
    def test_hidden_and_misplaced(self, root: Path, place: str) -> None:
        """What is withheld in one place is read in another, and told if it does not belong."""
        draft = INCIDENT.replace("severity", "draft: yes\nseverity")
        publish(write(root, {"content/incidents/copy.md": draft}))
        write(root, {f"content/{place}": draft})
        with pytest.raises(ContentErrors, match=rf"^content/{place}:"):
            publish(root)

    def test_another_spelling(self, root: Path) -> None:
        """The same text under another ending is another document."""
        slow = root / "content/incidents/slow.md"
        slow.rename(slow.with_suffix(".yml"))
        with pytest.raises(ContentErrors, match=r"^content/incidents/slow\.yml:"):
            publish(root)

    @pytest.mark.parametrize("rival", ["slow.yml", "slow/incident.md"])
    def test_rival(self, root: Path, rival: str) -> None:
        """Two documents that want one address are told alike, whichever of both is known."""
        write(root, {f"content/incidents/{rival}": INCIDENT})
        with pytest.raises(ContentErrors) as remembered:
            publish(root)
        shutil.rmtree(root / ".statusgen")
        with pytest.raises(ContentErrors) as forgotten:
            publish(root)
        assert str(remembered.value) == str(forgotten.value)
        assert "has the same name as" in str(forgotten.value)

    def test_known_file_that_became_a_link(self, root: Path, tmp_path: Path) -> None:
        """A link that leads out is told, even if what it leads to is known."""
        slow = root / "content/incidents/slow.md"
        other = tmp_path / "slow.md"
        other.write_bytes(slow.read_bytes())
        slow.unlink()
        slow.symlink_to(other)
        write(root, {"content/incidents/old.md": OLD.replace("looking", "still looking")})
        with pytest.raises(ContentErrors, match=r"^content/incidents/slow\.md:1: .*link"):
            publish(root)

    def test_another_month(self, root: Path, parsed: list[str]) -> None:
        """An incident that turns out to have begun in another month moves there."""
        publish(write(root, {"content/incidents/slow.md": OLD}))
        assert parsed == ["slow"]
        assert is_clean(root)

    def test_an_earlier_moment(self, root: Path) -> None:
        """At a moment before the last update the incident is as it was then."""
        publish(root, as_of="2026-01-02 17:10")
        home = (root / "public/index.html").read_text()
        assert "We watch." not in home
        publish(root, as_of="2026-01-02 17:40")
        assert "We watch." in (root / "public/index.html").read_text()

    def test_mistakes_are_told_each_time(self, root: Path) -> None:
        """A mistake is no fact: it is told again, and the good ones stay known."""
        write(root, {"content/incidents/new.md": INCIDENT.replace("INVEST", "INVST")})
        for _ in range(2):
            with pytest.raises(Exception, match=r"^content/incidents/new\.md:9: "):
                publish(root)

    def test_month_that_is_empty_now(self, root: Path) -> None:
        """A month whose last incident is gone is gone from the cache."""
        (root / "content/incidents/old.md").unlink()
        publish(root)
        names = {path.name for path in (root / ".statusgen/public.cache").iterdir()}
        assert "2025-11" not in names
        assert {"index", "2026-01"} <= names
        assert is_clean(root)


class TestBundles:
    """Pages and mails that are looked at together, as long as nothing of them has changed."""

    OLD_PAGE = "public/incidents/old/index.html"

    @pytest.mark.parametrize("text", [None, "x"], ids=["removed", "changed"])
    def test_page_of_an_untouched_month(self, root: Path, text: str | None) -> None:
        """A page that is gone or changed comes back, though nothing of its month was changed."""
        (root / self.OLD_PAGE).unlink()
        if text:
            (root / self.OLD_PAGE).write_text(text)
        assert publish(write(root, CHANGED))[0].written > 1
        assert is_clean(root)

    def test_untouched_month(self, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Nothing asks for the pages of a month in which nothing has changed."""
        asked: list[str] = []
        artifacts = Bundle.artifacts

        def noted(bundle: Bundle) -> Iterator[Artifact]:
            asked.append(bundle.name)
            return artifacts(bundle)

        monkeypatch.setattr(Bundle, "artifacts", noted)
        publish(write(root, CHANGED))
        assert asked == ["incidents-2026-01", "api-incidents-2026-01", "incident-slow"]

    def test_post_mortem(self, root: Path) -> None:
        """A post-mortem of an old incident is on its page at once, and gone with its file."""
        text = "---\npublished: 2026-01-02 10:00 UTC\n---\n# Why\nZqlearnt.\n"
        publish(write(root, {"content/postmortems/old.md": text}))
        assert "Zqlearnt" in (root / self.OLD_PAGE).read_text()
        (root / "content/postmortems/old.md").unlink()
        publish(root)
        assert is_clean(root)

    def test_mails_end(self, root: Path) -> None:
        """A mail is gone when its days are over, though its incident is as it was."""
        over = INCIDENT + "\n[RESOLVED] Over.\nUpdated: 2026-01-20 17:00 UTC\n"
        write(root, {"content/incidents/slow.md": over, "content/incidents/new.md": INCIDENT})
        counts = []
        for day in ("2026-01-25", "2026-02-10", "2026-02-25"):
            publish(root, as_of=f"{day} 12:00")
            counts.append(len([*(root / "outbox").glob("incident-slow-*.eml")]))
        assert counts == [2, 1, 0]

    @pytest.mark.parametrize("is_policy", [True, False], ids=["policy", "word"])
    @pytest.mark.parametrize("has_later", [True, False], ids=["more to come", "no more"])
    def test_promise_that_passes(self, root: Path, *, is_policy: bool, has_later: bool) -> None:
        """When the time of the next update is past, pages say so though no file has changed."""
        text = INCIDENT.replace("partial_outage", "degraded_performance")
        policy: Files = {"content/policy.yml": "severities: {SEV-2: {update: 30 min}}\n"}
        word = text.replace("Updated:", "Next update: 17:35 UTC\nUpdated:")
        write(root, policy if is_policy else {})
        later = "\n[UPDATE] Still.\nUpdated: 18:00 UTC\n" if has_later else ""
        write(root, {"content/incidents/slow.md": (text if is_policy else word) + later})
        for other in ("old.md", "folder/1.md", "folder/incident.md"):
            (root / "content/incidents" / other).unlink()
        (root / "content/incidents/folder").rmdir()
        pages = [root / "public" / name for name in ("index.html", "incidents/slow/index.html")]
        told = {}
        for clock in ("17:20", "17:36"):
            publish(root, as_of=f"2026-01-02 {clock}")
            # What becomes true later waits in templates.
            shown = [re.sub(r"<template.*?</template>", "", page.read_text()) for page in pages]
            told[clock] = ["was due" in page for page in shown]
        assert told == {"17:20": [False, False], "17:36": [True, True]}

    def test_manifest_without_bundles(self, root: Path) -> None:
        """What an earlier version wrote is still known as ours, and removed when it should go."""
        place = root / ".statusgen/public.json"
        manifest = msgspec.json.decode(place.read_bytes())
        for _, _, files in manifest.pop("bundles").values():
            manifest["files"] |= files
        place.write_bytes(msgspec.json.encode(manifest | {"version": 1}))
        (root / "content/incidents/old.md").unlink()
        assert publish(root)[0].removed > 0
        assert is_clean(root)

    def test_damaged_bundle(self, root: Path) -> None:
        """A bundle of the manifest that cannot be read is none: its files are nobody's."""
        place = root / ".statusgen/public.json"
        manifest = msgspec.json.decode(place.read_bytes())
        manifest["bundles"]["incidents-2025-11"][2] = {"../../x": ["a", "b"], "y": ["a", "b"]}
        manifest["bundles"]["incidents-2026-01"][2] = ["no files"]
        place.write_bytes(msgspec.json.encode(manifest))
        (root / "content/incidents/old.md").unlink()
        publish(root)
        assert (root / self.OLD_PAGE).exists()
        (root / self.OLD_PAGE).unlink()
        (root / self.OLD_PAGE).parent.rmdir()
        assert is_clean(root)


class TestMuch:
    """Much that is new is kept at once, month by month, and not held while pages are made."""

    @pytest.fixture(autouse=True)
    def anything_is_much(self, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Know nothing, and take whatever is new for much."""
        shutil.rmtree(root / ".statusgen")
        monkeypatch.setattr(cache, "_MUCH", 1)

    @pytest.fixture
    def held(self, monkeypatch: pytest.MonkeyPatch) -> list[int]:
        """Note of how many months all that is new is held while pages are made."""
        noted = []
        archive = cache.Cache.archive

        def noting(self: cache.Cache) -> Archive:
            noted.append(len(self.changed))
            return archive(self)

        monkeypatch.setattr(cache.Cache, "archive", noting)
        return noted

    def test_much(self, root: Path, held: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
        """Pages read it back, and what is kept for the next build is the same."""
        publish(root)
        assert held == [0]
        assert is_clean(root)
        kept = tree(root / ".statusgen/public.cache")
        monkeypatch.undo()
        shutil.rmtree(root / ".statusgen")
        publish(root)
        assert tree(root / ".statusgen/public.cache") == kept

    def test_little_is_held(self, root: Path, held: list[int]) -> None:
        """Of months that are kept already nothing is put in their place before all is done."""
        publish(root)
        publish(write(root, CHANGED))
        assert held == [0, 1]
        assert is_clean(root)

    def test_more_than_is_held(self, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """What was read of one month gives way to that of the next."""
        monkeypatch.setattr(cache, "_HELD", 1)
        held: dict[bytes, str] = {}
        for key in (b"1", b"2"):
            cache._hold(held, key, "month")  # noqa: SLF001 - no build tells how much it holds
        assert list(held) == [b"2"]
        publish(root)
        assert is_clean(root)

    def test_nowhere(self, root: Path, held: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
        """Where it cannot be kept it is held, and nothing of it takes the room of pages."""
        place = root / ".statusgen/public.cache"
        real = os.replace

        def full(old: str, new: str) -> None:
            if str(place) in str(new):
                raise OSError(errno.ENOSPC, "No space left on device")
            real(old, new)

        with monkeypatch.context() as patched:
            patched.setattr(os, "replace", full)
            publish(root)
        assert held == [2]
        assert tree(place) == {}
        assert is_clean(root)

    def test_who_only_looks(self, root: Path) -> None:
        """Who reads content without a build keeps nothing."""
        recall(root, root / "public", Moment(as_of=at("2026-01-03 12:00")))
        assert not (root / ".statusgen").exists()

    def test_build_that_fails(self, root: Path) -> None:
        """What a build that fails has kept of it is no harm to the next one."""
        broken: Files = {"overrides/templates/incident.html": "{{ x }}"}
        with pytest.raises(ThemeError):
            publish(write(root, broken))
        (root / "overrides/templates/incident.html").unlink()
        publish(root)
        assert is_clean(root)


class TestDamage:
    """What is lost costs time, and nothing else."""

    @given(st.data())
    @settings(max_examples=60, deadline=None)
    def test_any_byte(self, data: st.DataObject) -> None:
        """A byte that is wrong anywhere in what is kept makes no page wrong."""
        with new_folder() as root:
            publish(write(root, FILES))
            kept = sorted((root / ".statusgen/public.cache").iterdir())
            place = data.draw(st.sampled_from(kept), label="file")
            damaged = bytearray(place.read_bytes())
            damaged[data.draw(st.integers(0, len(damaged) - 1))] ^= data.draw(st.integers(1, 255))
            place.write_bytes(damaged)
            publish(write(root, CHANGED | {"overrides/static/more.css": "a"}))
            assert (root / "public/incidents/old/index.html").exists()
            shutil.rmtree(root / "overrides")
            publish(root)
            assert is_clean(root)

    @pytest.mark.parametrize("name", ["index", "2025-11", "2026-01", "templates"])
    @pytest.mark.parametrize("is_cut", [True, False])
    def test_file_that_is_gone(self, root: Path, name: str, *, is_cut: bool) -> None:
        """A file that is gone, or cut, is made anew."""
        place = root / ".statusgen/public.cache" / name
        if place.exists():
            place.write_bytes(place.read_bytes()[:20]) if is_cut else place.unlink()
        publish(write(root, CHANGED | {"overrides/templates/incident.html": "x"}))
        (root / "overrides/templates/incident.html").unlink()
        publish(root)
        assert is_clean(root)

    def test_another_version(
        self, root: Path, parsed: list[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """What another version of the program has kept counts as none."""
        monkeypatch.setattr(cache, "tool_digest", lambda: "another")
        publish(write(root, CHANGED))
        assert sorted(parsed) == ["folder", "old", "slow"]

    def test_month_of_another_build(self, root: Path) -> None:
        """A file of facts that does not belong to the index is not believed."""
        place = root / ".statusgen/public.cache/2025-11"
        kept = place.read_bytes()
        publish(write(root, {"content/incidents/old.md": OLD.replace("API", "Database")}))
        place.write_bytes(kept)
        publish(write(root, {"overrides/static/more.css": "a"}))
        shutil.rmtree(root / "overrides")
        publish(root)
        assert "The Database is slow" in (root / "public/incidents/old/index.html").read_text()
        assert is_clean(root)

    def test_nowhere_to_keep_it(self, root: Path, parsed: list[str]) -> None:
        """Where nothing can be kept, everything is parsed each time, and the page is right."""
        place = root / ".statusgen/public.cache"
        shutil.rmtree(place)
        place.write_text("a file")
        for number in range(2):
            parsed.clear()
            text = INCIDENT.replace("looking", f"looking {number}")
            publish(write(root, {"content/incidents/slow.md": text}))
            assert sorted(parsed) == ["folder", "old", "slow"]
        assert is_clean(root)

    def test_read_only(self, root: Path) -> None:
        """A cache that may only be read is read, and the page is right."""
        for path in (root, *root.rglob("*")):
            path.chmod(0o777 if path.is_dir() else 0o666)
        (root / ".statusgen/public.cache").chmod(0o555)
        with without_rights():
            publish(write(root, CHANGED))
        assert is_clean(root)
