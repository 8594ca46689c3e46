"""The theme is found in three places, each file by itself; what is broken is told with its line."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import jinja2
import pytest
from babel.dates import format_date
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from markupsafe import Markup
from msgspec import Struct

from statusgen.config import ThemeChoice, ThemeLink, ThemeOption
from statusgen.errors import ContentErrors, ThemeError
from statusgen.model import Component, ComponentStatus, Impact, IncidentStatus, MaintenanceStatus
from statusgen.parse.times import YEARS
from statusgen.theme import FILTERS, SHIPPED, File, Theme, colours, compiled, words
from statusgen.theme.compiled import NAME, Store
from statusgen.theme.templates import Templates
from statusgen.views.page import Link
from statusgen.views.report import BarView, RowView
from statusgen.views.uptime import Day
from tests.worlds import MINIMAL, Files, at, is_moved, publish, tree, write

if TYPE_CHECKING:
    from pathlib import Path

    from statusgen.theme.declaration import Value

FOOTER = "templates/partials/footer.html"


def load(root: Path, files: Files, name: str = "default", **options: Value) -> Theme:
    """Load a theme in a site that has these files."""
    given = tuple(
        ThemeOption(name=option, value=value, line=line)
        for line, (option, value) in enumerate(options.items(), start=20)
    )
    return Theme.load(write(root, files), ThemeChoice(name=name, options=given, line=19))


def problems(root: Path, files: Files, name: str = "default", **options: Value) -> list[str]:
    """List the problems of a theme's choice."""
    with pytest.raises(ContentErrors) as caught:
        load(root, files, name, **options)
    return [str(problem) for problem in caught.value.problems]


def failure(root: Path, template: str | bytes, files: Files | None = None) -> str:
    """Tell what is said of a template that fails."""
    theme = load(root, {"overrides/templates/x.html": template, **(files or {})})
    with pytest.raises(ThemeError) as caught:
        theme.render("templates/x.html", None)
    return str(caught.value).removeprefix(f"{root.as_posix()}/")


def test_places(tmp_path: Path) -> None:
    """A file in overrides/ beats the site's own theme, which beats the one that comes along."""
    site: Files = {
        "overrides/templates/a.txt": "override",
        "themes/default/templates/a.txt": "own",
        "themes/default/templates/b.txt": "own",
        "themes/default/templates/robots.txt": "own",
    }
    theme = load(tmp_path, site)
    rendered = [theme.render(f"templates/{name}.txt", None) for name in ("a", "b", "robots")]
    assert rendered == ["override", "own", "own"]
    assert "templates/home.html" in theme._files  # noqa: SLF001 - what comes along is still there


def test_one_partial(tmp_path: Path) -> None:
    """A site changes one partial of every page by writing one file."""
    root = write(tmp_path, MINIMAL)
    publish(root)
    before = tree(root / "public")
    write(root, {f"overrides/{FOOTER}": "<footer>Ours since {{ page.frame.zone }}</footer>\n"})
    publish(root)
    after = tree(root / "public")
    changed = {path for path in before if before[path] != after[path]}
    framed = {"widget/index.html"}  # which others show, and which has no foot
    pages = {path for path in before if path.endswith(".html") and not is_moved(path)}
    assert changed == pages - framed
    for path in changed:
        assert b"<footer>Ours since UTC</footer>" in after[path]
        assert b'class="site">\n<p>Times are in' not in after[path]


@pytest.mark.parametrize(
    ("path", "hint"),
    [
        ("partials/footer.html", "; did you mean 'templates/partials/footer.html'?"),
        ("template/x.html", ""),
    ],
)
def test_override_at_the_wrong_place(tmp_path: Path, path: str, hint: str) -> None:
    """A file that would change nothing is told, lest its author wonder."""
    with pytest.raises(ThemeError) as caught:
        load(tmp_path, {f"overrides/{path}": "x"})
    where = f"{tmp_path.as_posix()}/overrides/{path}"
    cause = "is in none of templates/, emails/, static/ or locales/, so it changes nothing"
    assert str(caught.value).startswith(f"{where}:1: {cause}{hint}")


def test_theme_of_its_own(tmp_path: Path) -> None:
    """A theme of the site's own stands by itself."""
    theme = load(tmp_path, {"themes/calm/templates/x.html": "{{ page }}"}, name="calm")
    assert theme.render("templates/x.html", "<b>") == "&lt;b&gt;"
    assert theme.static == {}


@pytest.mark.parametrize(
    ("name", "hint"),
    [("defualt", "; did you mean 'default'?"), ("clam", "; did you mean 'calm'?"), ("x", "")],
)
def test_unknown_theme(tmp_path: Path, name: str, hint: str) -> None:
    """A theme that is not there is told with its line and the nearest that is."""
    assert problems(tmp_path, {"themes/calm/theme.toml": ""}, name=name) == [
        f"content/site.yml:19: theme: no theme is called {name!r}{hint}"
    ]


@pytest.mark.parametrize("name", ["..", ".", "", "../themes/default"])
def test_theme_elsewhere(tmp_path: Path, name: str) -> None:
    """A theme's name is no path."""
    told = problems(tmp_path, {"themes/calm/theme.toml": ""}, name=name)
    assert told[0].startswith(f"content/site.yml:19: theme: no theme is called {name!r}")


def test_options(tmp_path: Path) -> None:
    """An option that is set takes the place of the theme's own; the others keep it."""
    theme = load(tmp_path, {}, accent="#0b7285")
    plain = load(tmp_path / "plain", {}).options
    assert plain["accent_dark"] == "#91a7ff"
    assert theme.options == {**plain, "accent": "#0b7285"}
    style = theme.static_files()[theme.static["static/style.css"]].decode()
    assert "--accent: #0b7285;" in style
    assert "--accent: #91a7ff;" in style


def test_wrong_options(tmp_path: Path) -> None:
    """Every wrong option is told with its line and what would be right."""
    assert problems(tmp_path, {}, acent="#000000", accent="blue", accent_dark="#fff;}") == [
        (
            "content/site.yml:20: theme.options.acent: "
            "the theme has no option 'acent'; did you mean 'accent'?"
        ),
        "content/site.yml:21: theme.options.accent: 'blue' is not a colour like #3b5bdb",
        "content/site.yml:22: theme.options.accent_dark: '#fff;}' is not a colour like #91a7ff",
    ]


@pytest.mark.parametrize(
    ("value", "is_right"),
    [
        ("Georgia", True),
        ('"Source Sans 3", system-ui, sans-serif', True),
        ("Inter;} body { display: none", False),
        ('"Inter', False),
        ("Inter,", False),
        ("url(https://elsewhere.example/)", False),
    ],
)
def test_font(tmp_path: Path, value: str, *, is_right: bool) -> None:
    """The fonts of the page are set as CSS lists them, and nothing else gets into the style."""
    if is_right:
        theme = load(tmp_path, {}, font=value)
        style = theme.static_files()[theme.static["static/style.css"]].decode()
        assert f"font: 1rem/1.6 {value};" in style
    else:
        example = 'a list of fonts like "Source Sans 3", system-ui, sans-serif'
        assert problems(tmp_path, {}, font=value) == [
            f"content/site.yml:20: theme.options.font: {value!r} is not {example}"
        ]


def test_kinds_of_options(tmp_path: Path) -> None:
    """A text where links belong is a problem, and so are links where a text belongs."""
    links = (ThemeLink(title="Terms", url="terms/"),)
    assert load(tmp_path, {}, footer=links).options["footer"] == links
    assert problems(tmp_path, {}, footer="terms/", accent=links, logo=links, logo_dark="x.pdf") == [
        (
            "content/site.yml:20: theme.options.footer: "
            "must be a list of links, each with title: and url:"
        ),
        "content/site.yml:21: theme.options.accent: must be a colour like #3b5bdb, not a list",
        (
            "content/site.yml:22: theme.options.logo: "
            "must be a picture below content/files/, like logo.svg, not a list"
        ),
        (
            "content/site.yml:23: theme.options.logo_dark: "
            "'x.pdf' is not a picture below content/files/, like logo-dark.svg"
        ),
    ]


LOGO: Files = {
    "content/site.yml": """
        title: Example
        url: https://status.example.com/
        theme:
          options:
            logo: brand/logo.svg
    """,
    "content/files/brand/logo.svg": "<svg xmlns='http://www.w3.org/2000/svg'/>",
}


def test_missing_logo(tmp_path: Path) -> None:
    """A logo that is not there is told with the line of the option, and the old page stays."""
    root = write(tmp_path, MINIMAL | LOGO)
    publish(root)
    before = tree(root / "public")
    logo = root / "content/files/brand/logo.svg"
    logo.rename(logo.with_name("lgo.svg"))
    with pytest.raises(ContentErrors) as caught:
        publish(root)
    assert str(caught.value) == (
        "content/site.yml:5: theme.options.logo: there is no file content/files/brand/logo.svg; "
        "did you mean 'brand/lgo.svg'?"
    )
    assert tree(root / "public") == before


@pytest.mark.parametrize("name", ["../site.svg", "/etc/logo.svg", "brand", "brand/./logo.svg"])
def test_logo_elsewhere(tmp_path: Path, name: str) -> None:
    """Only a file that is published can be the logo."""
    site = str(LOGO["content/site.yml"]).replace("brand/logo.svg", name)
    root = write(tmp_path, MINIMAL | LOGO | {"content/site.yml": site})
    with pytest.raises(ContentErrors, match=r"^content/site\.yml:5: theme\.options\.logo: "):
        publish(root)


BASED: Files = {
    "themes/calm/theme.toml": 'base = "plain"\n[options.ink]\ndefault = "blue"',
    "themes/calm/templates/a.txt": "calm {{ theme.options.ink }}",
    "themes/plain/theme.toml": (
        '[options.ink]\ndefault = "black"\n[options.paper]\ndefault = "white"'
    ),
    "themes/plain/templates/a.txt": "plain",
    "themes/plain/templates/b.txt": "plain on {{ theme.options.paper }}",
    "themes/plain/templates/c.txt": "plain",
    "overrides/templates/c.txt": "override",
}


def test_base(tmp_path: Path) -> None:
    """What a theme lacks it takes from its base: files and options, overrides still before both."""
    theme = load(tmp_path, BASED, name="calm")
    rendered = [theme.render(f"templates/{name}.txt", None) for name in "abc"]
    assert rendered == ["calm blue", "plain on white", "override"]


@pytest.mark.parametrize(
    ("base", "message"),
    [
        ("plian", "no theme is called 'plian'; did you mean 'plain'?"),
        ("../plain", "no theme is called '../plain'"),
        ("calm", "'calm' is based on itself"),
    ],
)
def test_wrong_base(tmp_path: Path, base: str, message: str) -> None:
    """A base that is not there, or that leads round, is told with its line."""
    files: Files = BASED | {
        "themes/calm/theme.toml": 'name = "Calm"\nbase = "plain"\n',
        "themes/plain/theme.toml": f'base = "{base}"\n',
    }
    with pytest.raises(ThemeError) as caught:
        load(tmp_path, files, name="calm")
    told = str(caught.value).removeprefix(f"{tmp_path.as_posix()}/")
    assert told.startswith(f"themes/plain/theme.toml:1: {message}")
    assert "\n" not in told


@pytest.mark.parametrize(
    ("template", "message"),
    [
        ("a\n{% if %}", "x.html:2: Expected an expression, got 'end of statement block'"),
        ("a\n{% for x in y %}", "x.html:2: Unexpected end of template."),
        ("a\n\n{{ page.x.y }}", "x.html:3: 'None' has no attribute 'x'"),
        ("a\n{{ pgae }}", "x.html:2: 'pgae' is undefined"),
        ("a\n{{ 1 | mardown }}", "x.html:2: No filter named 'mardown'."),
        ("a\n{{ 'x' | day }}", "x.html:2: AttributeError: 'str' object has no attribute"),
        ("a\n{{ 'x' | markdown }}", "x.html:2: TypeError: Words.markdown() missing 1 required"),
        ("a\n{{ 1 + 'x' }}", "x.html:2: TypeError: unsupported operand type(s) for +"),
        ("a\n{{ 1 // 0 }}", "x.html:2: ZeroDivisionError: integer division or modulo by zero"),
        (
            'a\n{% include "templates/partials/fotter.html" %}',
            (
                "x.html:2: theme 'default' has no file 'templates/partials/fotter.html'; "
                f"did you mean '{FOOTER}'?"
            ),
        ),
        ('{% extends "base.html" %}', "x.html:1: theme 'default' has no file 'base.html'"),
        ('a\n{% include "templates/x.html" %}', "x.html:2: RecursionError: maximum recursion"),
        (b"a\nb \xff", "x.html:2: is not UTF-8: save it as UTF-8"),
    ],
)
def test_broken_template(tmp_path: Path, template: str | bytes, message: str) -> None:
    """However a template fails, one line says where and why."""
    told = failure(tmp_path, template)
    assert told.startswith(f"overrides/templates/{message}")
    assert "\n" not in told


def test_broken_partial(tmp_path: Path) -> None:
    """What fails is told in the file where it stands, not in the one that includes it."""
    files: Files = {
        "overrides/templates/y.html": "{% macro m() %}\n{{ nobody }}\n{% endmacro %}",
        "overrides/templates/z.html": b"\xff",
    }
    called = failure(tmp_path, '\n{% from "templates/y.html" import m %}{{ m() }}', files)
    assert called == "overrides/templates/y.html:2: 'nobody' is undefined"
    included = failure(tmp_path, '\n{% include "templates/z.html" %}', files)
    assert included == "overrides/templates/z.html:1: is not UTF-8: save it as UTF-8"


def test_broken_template_of_the_page(tmp_path: Path) -> None:
    """A site with a broken template keeps the page that it had."""
    root = write(tmp_path, MINIMAL)
    publish(root)
    before = tree(root / "public")
    write(root, {f"overrides/{FOOTER}": "{{ page.nothing }}"})
    with pytest.raises(ThemeError, match=rf"overrides/{FOOTER}:1: \w+ has no 'nothing'"):
        publish(root)
    assert tree(root / "public") == before


@pytest.mark.parametrize(
    ("template", "message"),
    [
        ("{{ page.idd }}", "Component has no 'idd'; did you mean 'id'?"),
        ("{{ page.nmae | upper }}", "Component has no 'nmae'; did you mean 'name'?"),
        ("{{ page.init }}", "Component has no 'init'"),
        ("{{ page.name.titel }}", "'str object' has no attribute 'titel'"),
    ],
)
def test_a_value_that_a_view_lacks(tmp_path: Path, template: str, message: str) -> None:
    """A misspelt value names the view, briefly, and the nearest value that it has."""
    theme = load(tmp_path, {"overrides/templates/x.html": template})
    with pytest.raises(ThemeError) as caught:
        theme.render("templates/x.html", Component(id="api", name="API"))
    assert str(caught.value) == f"{tmp_path.as_posix()}/overrides/templates/x.html:1: {message}"


def test_missing_template(tmp_path: Path) -> None:
    """A theme that lacks a page's template is told."""
    theme = load(tmp_path, {"themes/calm/theme.toml": ""}, name="calm")
    with pytest.raises(ThemeError, match=r"theme 'calm' has no file 'templates/home\.html'"):
        theme.render("templates/home.html", None)


@pytest.mark.parametrize(
    ("declaration", "message"),
    [
        ("name =", "1: Invalid value (at end of document)"),
        ("base = 'default'\nname = \n", "2: Invalid value"),
        (b"name = '\xff'", "1: 'utf-8' codec can't decode byte 0xff in position 8"),
        (
            "base = 'default'\nnam = 'x'",
            "2: Object contains unknown field `nam`; did you mean 'name'?",
        ),
        ("options = 1", "1: Expected `object`, got `int` - at `$.options`"),
        ("[options.a]\nexpects = 'x'", "1: Object missing required field `default`"),
        ("[options.a]\ndefault = 1", "2: Expected `str`, got `int`"),
        (
            "[options.a]\ndefault = 'x'\npatern = 'x'",
            "3: Object contains unknown field `patern` - at `$.options[...]`; did you mean 'patter",
        ),
        (
            "name = 'a'\n[options.a]\ndefault = 'x'\npattern = '['",
            "2: the pattern '[' cannot be read: unterminated character set at position 0 - at `$.o",
        ),
        (
            "name = 'x'\n[options.name]\ndefault = 'x'\npattern = 'y'",
            "2: the default 'x' does not match - at `$.options.name`",
        ),
        (
            "[options.b]\ndefault = 'x'\n[options.a]\ndefault = 1",
            "1: Expected `str`, got `int` - at `$.options[...].default`",
        ),
        (
            "[options.b]\ndefault = 'x'\n[options.a]\ndefault = 'x'\npattern = 'y'",
            "3: the default 'x' does not match - at `$.options.a`",
        ),
    ],
)
def test_wrong_declaration(tmp_path: Path, declaration: str | bytes, message: str) -> None:
    """A theme that says of itself what cannot be is told with its file and line."""
    with pytest.raises(ThemeError) as caught:
        load(tmp_path, {"themes/calm/theme.toml": declaration}, name="calm")
    told = str(caught.value).removeprefix(f"{tmp_path.as_posix()}/")
    assert told.startswith(f"themes/calm/theme.toml:{message}")
    assert "\n" not in told


def test_static_names(tmp_path: Path) -> None:
    """A static file's published name holds a digest of it, wherever its dots are."""
    files: Files = {
        "overrides/static/a.tar.gz": "1",
        "overrides/static/LICENSE": "2",
        "overrides/static/v1.0/b": "3",
    }
    theme = load(tmp_path, files)
    assert re.fullmatch(r"static/a\.tar\.[0-9a-f]{8}\.gz", theme.static["static/a.tar.gz"])
    for path in ("static/LICENSE", "static/v1.0/b"):
        assert re.fullmatch(re.escape(path) + r"\.[0-9a-f]{8}", theme.static[path])
    assert {theme.static_files()[name] for name in theme.static.values()} >= {b"1", b"2", b"3"}


def test_static_name_follows_content(tmp_path: Path) -> None:
    """The name changes with the content, be it a file's or an option's, and with nothing else."""
    plain = load(tmp_path / "1", {}).static
    same = load(tmp_path / "2", {f"overrides/{FOOTER}": "other"}).static
    option = load(tmp_path / "3", {}, accent="#000000").static
    file = load(tmp_path / "4", {"overrides/static/icon.svg": "<svg/>"}).static
    assert plain == same
    assert [name for name in plain if plain[name] != option[name]] == ["static/style.css"]
    assert [name for name in plain if plain[name] != file[name]] == ["static/icon.svg"]


def test_static_files_that_name_each_other(tmp_path: Path) -> None:
    """A style sheet may ask for the published name of a font."""
    files: Files = {
        "overrides/static/a.css.j2": "url({{ theme.static['static/z-font.woff2'].split('/')[1] }})",
        "overrides/static/z-font.woff2": b"\x00\xff",
    }
    theme = load(tmp_path, files)
    font = theme.static["static/z-font.woff2"].removeprefix("static/")
    assert theme.static_files()[theme.static["static/a.css"]].decode() == f"url({font})"


def test_hidden_files(tmp_path: Path) -> None:
    """What is hidden is not published."""
    theme = load(tmp_path, {"overrides/static/.x": "x", "overrides/static/.git/config": "x"})
    assert not [path for path in theme.static if "/." in path]


def test_digest(tmp_path: Path) -> None:
    """The digest changes with every file and every option, and with nothing else."""
    variants: list[tuple[Files, dict[str, str]]] = [
        ({}, {}),
        ({}, {"accent": "#000000"}),
        ({}, {"accent_dark": "#ffffff"}),
        ({f"overrides/{FOOTER}": ""}, {}),
        ({f"overrides/{FOOTER}": "x"}, {}),
        ({"overrides/emails/foot.txt": ""}, {}),
        ({"overrides/static/x": ""}, {}),
        ({"overrides/static/y": ""}, {}),
    ]
    digests = [
        [load(tmp_path / f"{turn}-{number}", files, **options).digest for turn in "ab"]
        for number, (files, options) in enumerate(variants)
    ]
    assert all(one == again for one, again in digests)
    assert len({one for one, _ in digests}) == len(variants)


def test_head(tmp_path: Path) -> None:
    """What a site adds to the head of its pages stands there as it is written, and nothing else."""
    proof = '<meta name="google-site-verification" content="a&amp;b">'
    files: Files = {
        "content/site.yml": f"""
            title: Example
            url: https://status.example.com/
            theme:
              name: default
              options:
                head: '{proof}'
        """
    }
    publish(write(tmp_path, MINIMAL | files))
    for path, data in tree(tmp_path / "public").items():
        is_page = path.endswith(".html") and not is_moved(path)
        assert not is_page or proof in data.decode().partition("</head>")[0]
    (told,) = problems(tmp_path / "wrong", {}, head="<script>alert(1)</script>")
    assert told.endswith(
        "theme.options.head: '<script>alert(1)</script>' is not meta and link elements like "
        '<meta name="robots" content="noindex">'
    )


@pytest.mark.parametrize(
    ("option", "value", "message"),
    [
        (
            "accent",
            "#ffff00",
            (
                "'#ffff00' can hardly be read on #f6f7f9: its contrast is 1.0, text needs 4.5; "
                "'#757500' is the nearest shade that can"
            ),
        ),
        (
            "accent_dark",
            "#3b5bdb",
            (
                "'#3b5bdb' can hardly be read on #1a1d22: its contrast is 2.9, text needs 4.5; "
                "'#667fe3' is the nearest shade that can"
            ),
        ),
    ],
)
def test_colours_that_cannot_be_read(tmp_path: Path, option: str, value: str, message: str) -> None:
    """A colour that is too near to its ground is a problem, told with the nearest that is not."""
    assert problems(tmp_path, {}, **{option: value}) == [
        f"content/site.yml:20: theme.options.{option}: {message}"
    ]
    nearest = re.findall(r"'(#\w+)'", message)[1]
    assert load(tmp_path, {}, **{option: nearest}).options[option] == nearest


@given(st.from_regex(r"#[0-9a-f]{6}", fullmatch=True), st.sampled_from(["#ffffff", "#131519"]))
def test_nearest_shade(colour: str, ground: str) -> None:
    """There is always a shade that can be read, and one that can be is its own."""
    shade = colours.readable(colour, [ground])
    assert colours.contrast(shade, ground) >= colours.ENOUGH
    assert (shade == colour) == (colours.contrast(colour, ground) >= colours.ENOUGH)


def test_contrast() -> None:
    """Contrast is that of WCAG: 21 for black on white, 4.48 for the grey that just fails."""
    assert colours.contrast("#000000", "#ffffff") == pytest.approx(21)
    assert colours.contrast("#ffffff", "#777777") == pytest.approx(4.48, abs=0.005)


@pytest.mark.parametrize(
    ("toml", "message"),
    [
        ('kind = "colour"\ndefault = "red"', "the default 'red' does not match"),
        ('kind = "colour"\ndefault = "#112233"\non = ["x"]', "the default '#112233' does not"),
        ('default = "x"\non = ["#ffffff"]', "only a colour stands `on` others"),
    ],
)
def test_colours_that_a_theme_declares(tmp_path: Path, toml: str, message: str) -> None:
    """What a theme says of a colour must be one."""
    files: Files = {"themes/mine/theme.toml": f'base = "default"\n[options.line]\n{toml}\n'}
    with pytest.raises(ThemeError, match=rf"^.*themes/mine/theme.toml:2: {re.escape(message)}"):
        Theme.load(write(tmp_path, files), ThemeChoice(name="mine"))


def test_a_partial_may_be_empty(tmp_path: Path) -> None:
    """What a site does without is taken off its pages so."""
    assert load(tmp_path, {"overrides/templates/partials/footer.html": ""})


@pytest.mark.parametrize(
    ("files", "message"),
    [
        (
            {"overrides/templates/partials/hedaer.html": ""},
            "hedaer.html:1: nothing asks for it; did you mean 'templates/partials/header.html'?",
        ),
        (
            {"overrides/emails/closng.txt": "x"},
            "closng.txt:1: nothing asks for it; did you mean 'emails/closing.txt'?",
        ),
        (
            {"overrides/static/style.css": "", "overrides/static/style.css.j2": ""},
            "style.css is: keep one of them",
        ),
        (
            {"overrides/templates/home.html": " \n"},
            "home.html:1: is empty, so that its pages would be: write or remove it",
        ),
    ],
)
def test_overrides_in_vain(tmp_path: Path, files: Files, message: str) -> None:
    """An override that changes nothing is told, with the name that was meant."""
    with pytest.raises(ThemeError, match=re.escape(message)):
        load(tmp_path, files)


def test_partials_of_ones_own(tmp_path: Path) -> None:
    """A partial that no theme has may be called nearly like another, if something asks for it."""
    own = "templates/partials/headers.html"
    head = "overrides/templates/partials/head.html"
    theme = load(tmp_path, {f"overrides/{own}": "mine", head: f'{{% include "{own}" %}}'})
    assert theme.render("templates/partials/head.html", None) == "mine"


def test_macro_that_is_missing(tmp_path: Path) -> None:
    """An override that lacks a macro is told as the one that lacks it."""
    files: Files = {
        "overrides/templates/partials/impact.html": "{% macro impcat(kind) %}{% endmacro %}",
        "overrides/templates/x.html": """
            {% from "templates/partials/impact.html" import impact %}
            {{ impact(1) }}
        """,
    }
    theme = load(tmp_path, files)
    told = (
        r"partials/impact\.html:1: has no macro 'impact'; did you mean 'impcat'\?, "
        r"which .*x\.html:1 asks for$"
    )
    with pytest.raises(ThemeError, match=told):
        theme.render("templates/x.html", None)


@pytest.mark.parametrize("name", ["style.css", "page.js"])
@pytest.mark.parametrize("ending", ["", ".j2"])
def test_static_file_of_ones_own(tmp_path: Path, name: str, ending: str) -> None:
    """A static file takes the place of the theme's, whichever of both is a template."""
    theme = load(tmp_path, {f"overrides/static/{name}{ending}": "own {{ 1 }}"})
    published = theme.static_files()[theme.static[f"static/{name}"]]
    assert published == (b"own 1" if ending else b"own {{ 1 }}")
    plain, _, kind = name.partition(".")
    assert sum(path.startswith(f"static/{plain}.") for path in theme.static_files()) == 1
    assert kind in theme.static[f"static/{name}"]


MACROS = """
{%- macro plain(a, b="two", c=none) %}[{{ a }}|{{ b }}|{{ c }}]{% endmacro %}
{%- macro open(a) %}[{{ a }}|{{ varargs | join(",") }}|{{ kwargs.items() | list }}]{% endmacro %}
{%- macro around(a) %}[{{ a }}|{{ caller(1) }}]{% endmacro %}
{%- set some, named = ["<x>", "y"], {"c": "<z>"} -%}
"""
"""Macros of every kind, for calls of every kind."""


@pytest.mark.parametrize(
    "call",
    [
        pytest.param('plain("<i>")', id="defaults"),
        pytest.param('plain("<i>", c="<b>")', id="keyword"),
        pytest.param("plain(c=1, b=2, a=3)", id="keywords alone"),
        pytest.param("plain(1, 2, 3)", id="all by place"),
        pytest.param("plain(plain(1) | upper)", id="in each other"),
        pytest.param("plain(*some)", id="spread"),
        pytest.param("plain(*some, **named)", id="spread and named"),
        pytest.param("open(1, class=2)", id="named by a word of Python"),
        pytest.param("open(1, 2, 3)", id="more than it names"),
        pytest.param("open(1, x=2)", id="named what it does not name"),
        pytest.param("plain.name ~ plain.arguments | join", id="asked what it is"),
    ],
)
@pytest.mark.parametrize("ending", ["html", "txt"])
def test_macros(tmp_path: Path, call: str, ending: str) -> None:
    """A macro may be called in every way that Jinja knows, and makes what it makes with Jinja."""
    escapes = jinja2.Environment(autoescape=ending == "html")  # noqa: S701 - texts are not escaped
    source = MACROS + "{{ " + call + " }}"
    path = f"overrides/templates/y.{ending}"
    theme = Theme.load(write(tmp_path, {path: source}), ThemeChoice())
    expected = escapes.from_string(source).render()
    assert theme.render(f"templates/y.{ending}", None).strip() == expected.strip()


class Shown(Struct):
    """Something that a page shows."""

    name: str = "<n>"
    none: None = None


@pytest.mark.parametrize(
    "source",
    [
        pytest.param("{{ page.name }}{{ page['name'] }}", id="attribute as item"),
        pytest.param("{% set o = {'a': '<'} %}{{ o.a }}{{ o['a'] }}", id="item as attribute"),
        pytest.param("{{ page.x is defined }}{{ page.none.y is undefined }}", id="asked if it is"),
        pytest.param("{{ page.none.x is defined }}", id="asked of nothing"),
        pytest.param("{{ page.x | default('-') }}{{ ([1][3] | d('-')) }}", id="or else"),
        pytest.param(
            "{{ (page.none or 1) is defined }}{{ page.name is defined }}", id="asked in the midst"
        ),
        pytest.param("{{ {'class': 1}.class }}", id="word of Python"),
        pytest.param("{{ {'\u00aa': 1}.\u00aa }}", id="letter that Python reads as another"),
        pytest.param("{{ '<' if 0 }}{{ page.name if 1 }}", id="if without else"),
        pytest.param("{% set a = 1 if 0 %}{{ a is defined }}{{ (1 if 0) is defined }}", id="asked"),
        pytest.param("{{ 'abc'[1:] }}{{ 'abc'.upper()[0] }}", id="slices and methods"),
        pytest.param(
            "{{ (1, 2).index(2) }}{{ [3, 4][-1] }}{{ 1.5.real }}", id="of what is written"
        ),
        pytest.param(
            "{% for a in 'xy' %}{{ a }}{{ loop.index }}<{{ loop.last }}>{% endfor %}", id="loop"
        ),
        pytest.param(
            "{% set n = namespace(a=1) %}{% set n.a = n.a + 1 %}{{ n.a }}", id="namespace"
        ),
    ],
)
def test_quick_expressions(tmp_path: Path, source: str) -> None:
    """What a template asks for, it finds as with Jinja: attribute, item, or neither."""
    theme = load(tmp_path, {"overrides/templates/y.html": source})
    jinja = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined)
    expected = jinja.from_string(source).render(page=Shown())
    assert theme.render("templates/y.html", Shown()) == expected


PARTS = {
    "part.html": "[{{ page.name }}|{{ mine }}|{{ loop.index if loop is defined }}]\n",
    "sets.html": "{% set mine = 'set in the part' %}{{ mine }}",
    "late.html": "{{ page is defined }}",
    "nested.html": "<{% include 'part.html' %}>",
    "round.html": "{% set mine = mine + 1 %}\n"
    "{% if mine < 3 %}{% include 'round.html' %}{% endif %}",
    "block.html": "{% block title %}of the part{% endblock %}",
    "text.txt": "{{ page.name }}",
    "import.html": "{% from 'macros.html' import said %}{{ said(mine) }}",
    "macros.html": "{% macro said(what) %}<b>{{ what }}</b>{% endmacro %}",
    "caller.html": "{{ varargs is defined }}{{ caller is defined }}",
}
"""Templates that another includes."""
CALLED = "{% macro m() %}\n{% include 'caller.html' %}{{ varargs }}{% endmacro %}{{ m(1) }}"


@pytest.mark.parametrize(
    "source",
    [
        pytest.param("{% set mine = 1 %}\n{% include 'part.html' %}!", id="set before"),
        pytest.param("{% for mine in 'ab' %}\n{% include 'part.html' %}{% endfor %}", id="loop"),
        pytest.param("{% set mine = 1 %}\n{% include 'sets.html' %}{{ mine }}", id="set in it"),
        pytest.param("{% include 'late.html' %}\n{% set page = 1 %}", id="set behind"),
        pytest.param("{% if 0 %}{% set page = 1 %}{% endif %}\n{% include 'late.html' %}", id="no"),
        pytest.param("{% set mine = 1 %}\n{% include 'nested.html' %}", id="part of a part"),
        pytest.param("{% set mine = 0 %}\n{% include 'round.html' %}", id="part of itself"),
        pytest.param("{% block title %}own{% endblock %}{% include 'block.html' %}", id="block"),
        pytest.param("{% include 'text.txt' %}", id="text in a page"),
        pytest.param("{# {% include 'part.html' %} #}-", id="in a comment"),
        pytest.param("{% include 'nothing.html' ignore missing %}-", id="none"),
        pytest.param("{% include ['nothing.html', 'late.html'] %}", id="one of several"),
        pytest.param("{% set mine = 1 %}\n{% include 'late.html' without context %}", id="alone"),
        pytest.param("{% macro m(mine) %}\n{% include 'import.html' %}{% endmacro %}{{ m('<') }}"),
        pytest.param(CALLED, id="what a macro is given"),
    ],
)
def test_quick_includes(tmp_path: Path, source: str) -> None:
    """What a template includes sees, sets and shows what it does with Jinja."""
    files = {
        f"templates/{name}": re.sub(r"'(\w+\.\w+)'", r"'templates/\1'", text)
        for name, text in {**PARTS, "y.html": source}.items()
    }
    own: Files = {f"themes/calm/{path}": text for path, text in files.items()}
    theme = load(tmp_path, {"themes/calm/theme.toml": "", **own}, "calm")
    jinja = jinja2.Environment(
        loader=jinja2.DictLoader(files),
        undefined=jinja2.StrictUndefined,
        autoescape=jinja2.select_autoescape(),
        trim_blocks=True,
    )
    expected = jinja.get_template("templates/y.html").render(page=Shown())
    assert theme.render("templates/y.html", Shown()) == expected


@pytest.mark.parametrize(
    ("call", "cause"),
    [
        ("plain(1, 2, 3, 4)", r"macro 'plain' takes not more than 3 argument\(s\)"),
        ("plain(1, x=2)", "macro 'plain' takes no keyword argument 'x'"),
        ("plain(1, a=2)", "macro 'plain' takes no keyword argument 'a'"),
    ],
)
def test_macros_called_wrongly(tmp_path: Path, call: str, cause: str) -> None:
    """A macro that is called with what it does not take fails, on the line of the call."""
    source = MACROS + "\n{{ " + call + " }}"
    theme = Theme.load(write(tmp_path, {"overrides/templates/y.html": source}), ThemeChoice())
    with pytest.raises(ThemeError, match=rf"overrides/templates/y\.html:6: TypeError: {cause}"):
        theme.render("templates/y.html", None)


def test_macros_around_a_text(tmp_path: Path) -> None:
    """What stands in a call block is the macro's to place."""
    source = MACROS + '{% call(n) around("<") %}<b>{{ n }}</b>{% endcall %}'
    theme = Theme.load(write(tmp_path, {"overrides/templates/y.html": source}), ThemeChoice())
    assert theme.render("templates/y.html", None).strip() == "[&lt;|<b>1</b>]"


def test_escaping(tmp_path: Path) -> None:
    """What pages show is escaped; what plain text shows is not."""
    names = ("x.html", "x.xml", "x.svg", "x.html.j2", "x.txt")
    theme = load(tmp_path, {f"overrides/templates/{name}": "{{ page }}" for name in names})
    shown = {name: theme.render(f"templates/{name}", "<\"&'{{ 1 }}") for name in names}
    assert shown.pop("x.txt") == "<\"&'{{ 1 }}"
    assert set(shown.values()) == {"&lt;&#34;&amp;&#39;{{ 1 }}"}


def test_bom(tmp_path: Path) -> None:
    """A byte order mark that an editor leaves is not published."""
    theme = load(tmp_path, {"overrides/templates/x.html": b"\xef\xbb\xbfx"})
    assert theme.render("templates/x.html", None) == "x"


@pytest.mark.parametrize(
    "text", ["minor & small", Markup("minor &amp; small")], ids=["text", "markup"]
)
def test_sentence(text: str) -> None:
    """A text begins a sentence as what it was: Markup is not escaped again."""
    told = FILTERS["sentence"](text)
    assert told == f"M{str(text)[1:]}"
    assert type(told) is type(text)


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("day", at("2026-01-02 17:05").date(), "2 January 2026"),
        ("month", at("2026-01-02 17:05").date(), "January 2026"),
        ("clock", at("2026-01-02 07:05"), "07:05"),
        ("zone", at("2026-01-02 17:05"), "UTC"),
        ("zone", at("2026-01-02 17:05").astimezone(ZoneInfo("Europe/Berlin")), "CET"),
        ("zone", at("2026-01-02 17:05").astimezone(ZoneInfo("Europe/Istanbul")), "UTC+03"),
        ("moment", at("2026-01-02 17:05"), "2 January 2026, 17:05 UTC"),
        ("iso", at("2026-01-02 17:05"), "2026-01-02T17:05:00Z"),
        ("iso", at("2026-01-02 17:05").date(), "2026-01-02"),
        ("words", "degraded_performance", "Degraded performance"),
        ("css", "degraded_performance", "degraded-performance"),
        ("percent", 1.0, "100"),
        ("percent", 0.9999999, "99.99"),
        ("percent", 0.29, "29.00"),
        ("percent", 0.0, "0.00"),
        ("duration", timedelta(seconds=59), "less than a minute"),
        ("duration", timedelta(days=1, minutes=5), "1 d 5 min".replace(" ", "\N{NO-BREAK SPACE}")),
        ("duration", 2700, "45\N{NO-BREAK SPACE}min"),
        (
            "time",
            at("2026-01-02 17:05"),
            '<time datetime="2026-01-02T17:05:00Z">2 January 2026, 17:05 UTC</time>',
        ),
    ],
)
def test_filters(name: str, value: object, words: str) -> None:
    """Times, states and figures are put into words."""
    assert FILTERS[name](value) == words


@pytest.mark.parametrize(
    ("text", "relative", "attributes"),
    [
        (None, False, ""),
        ("2 January 2026, 17:05 UTC", False, ""),
        ("17:05", False, " data-clock"),
        ("17:05 UTC", True, " data-clock data-relative"),
        ("<soon>", False, " data-fixed"),
        (None, True, " data-relative"),
    ],
)
def test_time(text: str | None, attributes: str, *, relative: bool) -> None:
    """A time tells a script what its text says of it."""
    told = FILTERS["time"](at("2026-01-02 17:05"), text, relative=relative)

    assert told.startswith(f'<time datetime="2026-01-02T17:05:00Z"{attributes}>')
    assert "<soon>" not in told


@pytest.mark.parametrize(
    ("name", "form"), [("day", "d MMMM y"), ("weekday", "EEEE"), ("month", "MMMM y")]
)
@given(value=st.dates() | st.datetimes())
def test_dates(name: str, form: str, value: date) -> None:
    """Dates read as Unicode's collection of locales would have them, through Babel, in English."""
    assert FILTERS[name](value) == format_date(value, form, locale="en")


@given(st.floats(0, 1, exclude_max=True))
def test_percent(share: float) -> None:
    """A share below one is never told as all of it, nor as more than it is."""
    told = FILTERS["percent"](share)
    assert re.fullmatch(r"\d{1,2}\.\d\d", told)
    assert float(told) <= share * 100 + 1e-6


@given(
    st.datetimes(
        min_value=datetime(YEARS[0], 1, 1),  # noqa: DTZ001 - hypothesis gives it a zone
        timezones=st.sampled_from([UTC, ZoneInfo("America/New_York")]),
    )
)
def test_iso(value: datetime) -> None:
    """A machine reads the same second back."""
    told = datetime.fromisoformat(FILTERS["iso"](value))
    assert told.astimezone(UTC) == value.replace(microsecond=0).astimezone(UTC)


def test_compile(tmp_path: Path) -> None:
    """A template that no page needs yet is checked all the same."""
    theme = load(tmp_path, {"overrides/emails/later.txt": "{% if %}"})
    with pytest.raises(ThemeError) as caught:
        theme.compile()
    assert str(caught.value).startswith(f"{tmp_path.as_posix()}/overrides/emails/later.txt:1: ")
    load(tmp_path / "fine", {}).compile()


@pytest.mark.parametrize(
    ("zone", "start", "end", "words"),
    [
        ("UTC", "2026-01-02 17:05", "2026-01-02 18:00", "18:00"),
        ("UTC", "2026-01-02 17:05", "2026-01-03 18:00", "3 January 2026, 18:00 UTC"),
        ("Europe/Berlin", "2026-10-25 00:40", "2026-10-25 01:10", "02:10 CET"),
    ],
)
def test_until(zone: str, start: str, end: str, words: str) -> None:
    """The end of a span says no more than its start leaves open."""
    begins, ends = (at(text).astimezone(ZoneInfo(zone)) for text in (start, end))
    assert FILTERS["until"](ends, begins) == words


@pytest.mark.parametrize(
    "state", [*ComponentStatus, *IncidentStatus, *MaintenanceStatus, *Impact, "maintenance"]
)
def test_icons(tmp_path: Path, state: str) -> None:
    """Every state has an icon, and a page that asks for one of another state fails."""
    template = '{% from "templates/partials/icon.html" import icons %}{{ icons[page] }}'
    theme = load(tmp_path, {"overrides/templates/x.html": template})
    assert re.fullmatch(
        r"<svg class=\"icon \w+\" .*</svg>", theme.render("templates/x.html", state)
    )
    with pytest.raises(ThemeError, match=r"x\.html:1: nothing is called 'unwell'"):
        theme.render("templates/x.html", "unwell")


def test_places_of_days() -> None:
    """Days are told by their places: those of one status, and those with any trouble."""
    operational, partial = ComponentStatus.OPERATIONAL, ComponentStatus.PARTIAL_OUTAGE
    days = [
        Day(date=date(2026, 1, number), length=86_400, status=status)
        for number, status in enumerate((None, operational, partial, operational), start=1)
    ]
    places, troubled = FILTERS["places"], FILTERS["troubled"]
    assert [places(days, status) for status in (None, operational, partial)] == [[0], [1, 3], [2]]
    assert troubled(days) == [(2, days[2])]


def test_titles() -> None:
    """Links are listed by their titles, which the page escapes as it does any text."""
    links = [Link(title=title, path="x/") for title in ("A & B", "C")]
    assert FILTERS["titles"](links) == "A & B, C"
    assert FILTERS["titles"]([]) == ""


X = "templates/x.html"


def kept(root: Path, template: str = "{{ page | words }}", files: Files | None = None) -> Theme:
    """Load a theme that keeps compiled templates in the site's own folder `kept`."""
    site: Files = {"themes/calm/theme.toml": "", f"themes/calm/{X}": template, **(files or {})}
    return Theme.load(write(root, site), ThemeChoice(name="calm"), root / "kept")


def shown(theme: Theme, template: str, view: object) -> str:
    """Render a template, and keep what was compiled for that."""
    try:
        return theme.render(template, view)
    finally:
        theme.keep()


@pytest.fixture
def compilations(monkeypatch: pytest.MonkeyPatch) -> list[str | None]:
    """List the templates that are compiled from here on."""
    names: list[str | None] = []
    compile_ = Templates.compile

    def noted(
        self: Templates, source: str, name: str | None = None, filename: str | None = None
    ) -> object:
        names.append(name)
        return compile_(self, source, name, filename)

    monkeypatch.setattr(Templates, "compile", noted)
    return names


def test_kept_templates(tmp_path: Path, compilations: list[str | None]) -> None:
    """A template is compiled once for all builds, and one that no page needs not at all."""
    files: Files = {"themes/calm/templates/y.html": "{{ page }}"}
    first = shown(kept(tmp_path, files=files), X, "in_progress")
    again = shown(kept(tmp_path, files=files), X, "in_progress")
    assert first == again == "In progress"
    assert compilations == [X]
    assert [path.name for path in (tmp_path / "kept").iterdir()] == [NAME]


def test_kept_templates_of_two_processes(tmp_path: Path, compilations: list[str | None]) -> None:
    """What another process has kept meanwhile stays."""
    files: Files = {"themes/calm/templates/y.html": "{{ page }}"}
    one, other = kept(tmp_path, files=files), kept(tmp_path, files=files)
    shown(one, X, "a")
    shown(other, "templates/y.html", "b")
    for path in (X, "templates/y.html"):
        shown(kept(tmp_path, files=files), path, "c")
    assert compilations == [X, "templates/y.html"]


def test_kept_template_that_has_changed(tmp_path: Path, compilations: list[str | None]) -> None:
    """A template that has changed is compiled anew, and takes the place of the old one."""
    shown(kept(tmp_path), X, "a")
    assert shown(kept(tmp_path, "{{ page }}!"), X, "a") == "a!"
    assert compilations == [X, X]
    assert len(Store(tmp_path / "kept").kept) == 1


@pytest.mark.parametrize(
    "include",
    ["include 'templates/q.html'", "include('templates/q.html')", r"include 'templates\x2fq.html'"],
)
def test_kept_template_whose_part_has_changed(tmp_path: Path, include: str) -> None:
    """A page shows what has changed in a template that is included, at any depth, in any way."""
    source = "a{% include 'templates/p.html' %}"
    files: Files = {"themes/calm/templates/p.html": f"b{{% {include} %}}"}
    for text in ("c", "d", "d"):
        files["themes/calm/templates/q.html"] = text
        assert shown(kept(tmp_path, source, files), X, None) == f"ab{text}"


def test_kept_template_with_parts(tmp_path: Path, compilations: list[str | None]) -> None:
    """A template is compiled with what it includes, and anew only when one of both has changed."""
    files: Files = {}
    for text in ("c", "d", "d"):
        files["themes/calm/templates/q.html"] = text
        shown(kept(tmp_path, "a{% include 'templates/q.html' %}", files), X, None)
    assert compilations == [X, X]


def test_kept_template_with_a_part_of_the_sites(tmp_path: Path) -> None:
    """A shipped template into which one of the site's was put is kept by the site."""
    name = "templates/partials/head.html"
    for text in ("", "{# ours #}"):
        root = write(tmp_path, {f"overrides/{name}": text} if text else {})
        theme = Theme.load(root, ThemeChoice(), root / "kept")
        theme._environment.get_template("templates/base.html")  # noqa: SLF001 - no page is at hand
        theme.keep()
        bases = [code for _, code in Store(root / "kept").kept.values() if b"<!doctype" in code]
        assert len(bases) == bool(text)


def test_kept_templates_of_both_ways(tmp_path: Path, compilations: list[str | None]) -> None:
    """Quick code and that of Jinja's own way are kept apart, and neither is compiled again."""
    views = (Shown("a"), {"name": "b"}, {"name": "c"}, Shown("d"))
    assert [shown(kept(tmp_path, "{{ page.name }}"), X, view) for view in views] == [*"abcd"]
    assert compilations == [X, X]


@pytest.mark.parametrize("length", [0, 1, 31, 32, 40, -1])
def test_kept_templates_cut_off(
    tmp_path: Path, compilations: list[str | None], length: int
) -> None:
    """A file that is not whole counts as none, and is written anew."""
    shown(kept(tmp_path), X, "a")
    file = tmp_path / "kept" / NAME
    whole = file.read_bytes()
    file.write_bytes(whole[:length])
    assert [shown(kept(tmp_path), X, "a") for _ in range(2)] == ["A", "A"]
    assert compilations == [X, X]


@given(st.data())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_kept_templates_damaged(tmp_path: Path, data: st.DataObject) -> None:
    """A file in which a single byte is wrong counts as none, before anything is made of it."""
    shown(kept(tmp_path), X, "a")
    file = tmp_path / "kept" / NAME
    damaged = bytearray(file.read_bytes())
    damaged[data.draw(st.integers(0, len(damaged) - 1))] ^= data.draw(st.integers(1, 255))
    file.write_bytes(damaged)
    assert Store(tmp_path / "kept").kept == {}


def test_kept_templates_of_another_python(
    tmp_path: Path, compilations: list[str | None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What another Python or another Jinja has compiled counts as none."""
    shown(kept(tmp_path), X, "a")
    for module, name in ((compiled, "MAGIC_NUMBER"), (jinja2, "__version__")):
        with monkeypatch.context() as patch:
            compiled._makers.cache_clear()  # noqa: SLF001 - as in a process of its own
            value = getattr(module, name)
            patch.setattr(module, name, value + value)
            shown(kept(tmp_path), X, "a")
    compiled._makers.cache_clear()  # noqa: SLF001 - as before
    assert compilations == [X, X, X]


def test_nowhere_to_keep_templates(tmp_path: Path) -> None:
    """Where nothing can be written, nothing is kept, and pages are rendered all the same."""
    write(tmp_path, {"kept": "a file"})
    assert shown(kept(tmp_path), X, "a") == "A"
    write(tmp_path / "site", {f"kept/{NAME}/x": "a folder"})
    assert shown(kept(tmp_path / "site"), X, "a") == "A"
    assert [path.name for path in (tmp_path / "site" / "kept").iterdir()] == [NAME]


def test_kept_template_that_fails(tmp_path: Path) -> None:
    """A template that was kept fails with the same file, line and cause."""
    files: Files = {"themes/calm/templates/y.html": "{% macro m() %}\n{{ nobody }}\n{% endmacro %}"}
    calling = '\n{% from "templates/y.html" import m %}\n\n{{ m() if page else page.nothing }}'
    for page, told in (("a", "y.html:2: 'nobody' is undefined"), ("", "x.html:3: 'str object' ")):
        for _ in range(2):
            with pytest.raises(ThemeError) as caught:
                shown(kept(tmp_path, calling, files), X, page)
            assert f"themes/calm/templates/{told}" in str(caught.value)


def test_kept_template_hangs_on_its_source_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a filter makes of a constant is not kept: another version may make something else."""
    shown(kept(tmp_path, "{{ 'a' | words }}{{ 'b' ~ 1 }}"), X, None)
    monkeypatch.setattr(words, "_spelt", lambda _: "new ")
    assert shown(kept(tmp_path, "{{ 'a' | words }}{{ 'b' ~ 1 }}"), X, None) == "new b1"


class TestPhrases:
    """What a template says in words is marked, so that it can be said in other words."""

    def shown(self, template: str, view: object, name: str = "templates/x.html") -> str:
        """Render a template that is the whole theme."""
        return Theme("tiny", {name: File(name, template.encode())}, {}).render(name, view)

    @pytest.mark.parametrize(
        ("template", "view", "text"),
        [
            ('{{ _("Now") }}', None, "Now"),
            (
                '{{ _("<b>%(who)s</b> & %(who)s, 100 %%", who=page) }}',
                "<",
                "<b>&lt;</b> & &lt;, 100 %",
            ),
            ('{% set a = _("Hi %(who)s", who=page) %}{{ a }}', "<", "Hi &lt;"),
            ('{{ ngettext("%(num)s day", "%(num)s days", page) }}', 1, "1 day"),
            ('{{ ngettext("%(num)s day", "%(num)s days", page) }}', 3, "3 days"),
            ('{{ ngettext("one %(of)s", "%(num)s %(of)s", page, of="<i>") }}', 1, "one &lt;i&gt;"),
        ],
    )
    def test_placed(self, template: str, view: object, text: str) -> None:
        """A phrase stands as it is written; only what is put into it is escaped."""
        assert self.shown(template, view) == text

    def test_text(self) -> None:
        """In a text nothing is escaped."""
        assert self.shown('{{ _("Hi %(who)s", who=page) }}', "<", "emails/x.txt") == "Hi <"

    @pytest.mark.parametrize(
        ("template", "message"),
        [
            ("{{ _(page) }}", "_() takes one text, as it stands"),
            ('{{ _("a %(b)s") }}', "'a %(b)s' is given no 'b'"),
            ('{{ _("5 %") }}', "'5 %' has a lone %: write %% for the sign itself"),
            (
                '{{ ngettext("a", page) }}',
                "ngettext() takes two texts, as they stand, and a number",
            ),
        ],
    )
    def test_mistakes(self, template: str, message: str) -> None:
        """A phrase that cannot be placed is told with its line."""
        with pytest.raises(ThemeError) as caught:
            self.shown(f"\n{template}", None)
        assert str(caught.value) == f"templates/x.html:2: {message}"


class TestTerminal:
    """The theme `terminal` draws with letters and signs."""

    def test_chart(self, tmp_path: Path) -> None:
        """A month's sign is the higher the more it lost: nothing, or nothing known, has its own."""
        lost = (None, 0, 1, 100, 101, 350, 699, 700)
        bars = tuple(BarView(month=date(2026, 1, 1), lost=each) for each in lost)
        row = RowView(name="<api>", path="", months=(), uptime=None, bars=bars, worst=bars[-1])
        told = drawn(tmp_path, "downtime", "downtime(page, 700)", row)
        assert re.sub("<[^>]*>", "", told).split("\n")[1:-2] == [
            "&lt;api&gt;",
            "January 2026: 11\N{NO-BREAK SPACE}min",
            "-.▁▁▂▄▇▇",
        ]
        assert 'role="img" aria-label="Downtime of &lt;api&gt; by month"' in told

    @pytest.mark.parametrize("status", [None, *ComponentStatus])
    def test_days(self, tmp_path: Path, status: ComponentStatus | None) -> None:
        """Each status has a letter of its own, which the legend explains."""
        day = Day(date=date(2026, 1, 1), length=86_400, status=status, major=0, partial=0)
        letter = re.sub("<[^>]*>", "", drawn(tmp_path, "days", "bars(page)", Days((day,)))).strip()
        legend = drawn(tmp_path, "days", "legend(0.3)", None)
        word = status.value.removeprefix("under_").replace("_", " ") if status else "no record"
        assert f" {letter} {word}" in legend

    @pytest.mark.parametrize(
        "state", [*ComponentStatus, *IncidentStatus, *MaintenanceStatus, *Impact]
    )
    def test_signs(self, tmp_path: Path, state: str) -> None:
        """Every state has signs of one width, which nobody hears."""
        sign = drawn(tmp_path, "icon", f"icons['{state}']", None, macro="icons")
        assert re.fullmatch(
            r'\s*<span class="sign [a-z]+" aria-hidden="true">\[.{4}\] </span>', sign
        )

    def test_stands_on_the_default_theme(self) -> None:
        """What it has itself differs from what it would get from `default`."""
        for path in (SHIPPED / "terminal/templates").rglob("*.html"):
            other = SHIPPED / "default" / path.relative_to(SHIPPED / "terminal")
            assert not other.is_file() or path.read_bytes() != other.read_bytes(), path.name


class Days(Struct):
    """What the picture of a component's days is drawn from."""

    days: tuple[Day, ...]


def drawn(root: Path, partial: str, call: str, view: object, macro: str = "") -> str:
    """Tell what a partial of `terminal` makes of a view."""
    name = macro or call.partition("(")[0]
    source = f'{{% from "templates/partials/{partial}.html" import {name} %}}{{{{ {call} }}}}'
    theme = load(root, {"overrides/templates/x.html": source}, "terminal")
    return theme.render("templates/x.html", view)
