"""Texts become HTML that can do no harm, and plain text that loses no word."""

from __future__ import annotations

import re
import subprocess
import sys
from textwrap import dedent
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET

import html5lib
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown import Markdown
from markupsafe import escape

from statusgen import markdown
from statusgen.markdown import (
    ATTRIBUTES,
    PLAIN,
    SCHEMES,
    TAGS,
    WIDE,
    to_html,
    to_text,
    to_words,
    writer,
)
from statusgen.markdown.light import is_light, light_html
from statusgen.markdown.reader import Reader, extensions, fences
from statusgen.markdown.writer import TextWriter

SITE = "https://example.com/status/"
PAGE = f"{SITE}incidents/2026-01-02-api/"

ATTACKS = [
    "<script>alert(1)</script>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "<img src=x onerror=alert(1)>",
    "<img src=`javascript:alert(1)`>",
    "<b onmouseover=alert(1)>b</b>",
    "<a href='javascript:alert(1)'>a</a>",
    "<a href='JaVaScRiPt:alert(1)'>a</a>",
    "<a href='java&#10;script:alert(1)'>a</a>",
    "<a href='&#1;javascript:alert(1)'>a</a>",
    "[a](javascript:alert(1))",
    "[a](javascript&colon;alert(1))",
    "[a](data:text/html;base64,PHNjcmlwdD4=)",
    "[a](vbscript:x)",
    "<javascript:alert(1)>",
    "![a](data:image/svg+xml;base64,PHN2Zz4=)",
    '![a"onerror="alert(1)](x)',
    "[a](x 'onclick=alert(1)')",
    "[a]: javascript:alert(1)\n\n[a]",
    "<style>body { display: none }</style>",
    "<p style='position: fixed'>p</p>",
    "<div class=banner>All systems operational</div>",
    "<iframe src='https://evil.example/'></iframe>",
    "<svg onload=alert(1)><script>alert(1)</script></svg>",
    "<svg><style><img src=x onerror=alert(1)></style></svg>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<meta http-equiv=refresh content='0;url=https://evil.example/'>",
    "<base href='https://evil.example/'>",
    "<link rel=stylesheet href='https://evil.example/x.css'>",
    "<form action='https://evil.example/'><input name=password><button>Sign in</button></form>",
    "<object data=x></object><embed src=x>",
    "<video src=x autoplay></video><audio src=x autoplay></audio>",
    "<a id=main name=main href=x>a</a>",
    "<textarea></textarea><script>alert(1)</script>",
    "</div></main><h1>All systems operational</h1>",
    "<!--><script>alert(1)</script>-->",
    '```"><script>alert(1)</script>\nx\n```',
    "<details ontoggle=alert(1) open>d</details>",
    "<template><script>alert(1)</script></template>",
]

SOUP = (
    st.lists(
        st.sampled_from(
            [
                *ATTACKS,
                *(
                    "# h",
                    "### h",
                    "- i",
                    "1. i",
                    "> q",
                    "| a | b |\n|---|---|",
                    "```",
                    "    code",
                    "***",
                ),
                *(
                    "<b>",
                    "</b>",
                    "<p>",
                    "</p>",
                    "<ul><li>",
                    "<table><tr><td>",
                    "<q>",
                    "<pre>",
                    "</pre>",
                ),
                *(
                    "<a href='x'>",
                    "</a>",
                    "<h2>",
                    "<h4>",
                    "</h2>",
                    "<!--",
                    "-->",
                    "<img src='x'>",
                    "<hr>",
                ),
                *(
                    "<",
                    ">",
                    "&",
                    "&amp;",
                    "&lt;script&gt;",
                    '"',
                    ' href="x"',
                    "\\",
                    "*",
                    "_",
                    "`",
                    "[",
                    "](",
                ),
                *(
                    "\n",
                    "\n\n",
                    " ",
                    "\t",
                    "word",
                    "слово",
                    "مرحبا",
                    "\u202e",
                    "🦊",
                    "\u00a0",
                    "2026.",
                ),
            ]
        )
    ).map("".join)
    | st.text()
)


def parsed(html: str) -> ET.Element:
    """Read a fragment as a browser does."""
    fragment = html5lib.parseFragment(html, treebuilder="etree", namespaceHTMLElements=False)
    assert isinstance(fragment, ET.Element)
    return fragment


def assert_harmless(html: str) -> None:
    """Hold what a browser makes of a text to what texts may hold."""
    inside = parsed(f"<div>{html}</div>")
    assert len(inside) == 1, "a text closes what is around it"
    for element in inside[0].iter():
        assert element.tag in TAGS
        given = set(element.attrib) - {"rel", "tabindex"}
        assert given <= ATTRIBUTES.get(element.tag, set()) | ATTRIBUTES["*"]
        for name in ("href", "src"):
            assert urlsplit(element.get(name, "")).scheme in {*SCHEMES, ""}
        if element.tag == "img":
            assert not re.match(
                r"\s*([a-z]+:|[/\\]\s*[/\\])", element.get("src", ""), re.IGNORECASE
            )


@pytest.mark.parametrize("text", ATTACKS)
def test_known_attacks(text: str) -> None:
    """Known ways to smuggle a script, a form or a look-alike into a page come to nothing."""
    html = to_html(text, root="./")
    assert_harmless(html)
    assert "alert(1)</script" not in html


@given(SOUP)
def test_any_text(text: str) -> None:
    """Whatever is written, only harmless elements, attributes and addresses come out."""
    assert_harmless(to_html(text, root="../../", page="../", heading=4))


@given(SOUP)
def test_headings_of_any_text(text: str) -> None:
    """Headings begin at the level that they are given, and none is skipped."""
    html = to_html(text, root="./", heading=3)
    before = 2
    for level in map(int, re.findall(r"<h([1-6])[ >]", html)):
        assert 3 <= level <= min(6, before + 1)
        before = level


@given(SOUP)
def test_pieces_of_any_text(text: str) -> None:
    """Tags and words as plain text takes them up are all that safe HTML is made of."""
    html = markdown._html(text)  # noqa: SLF001 - as the writer gets it
    assert "".join(found[0] for found in writer._PIECE.finditer(html)) == html  # noqa: SLF001 - how


@given(SOUP)
def test_no_word_is_lost(text: str) -> None:
    """Every word that the HTML shows is in the plain text."""
    plain = to_text(text, root=SITE, page=PAGE)
    for part in parsed(to_html(text, root=SITE, page=PAGE)).itertext():
        for word in part.split():
            assert word in plain


@pytest.mark.parametrize(
    "address",
    [
        "https://elsewhere.example/x.png",
        "HTTP://elsewhere.example/x.png",
        "//elsewhere.example/x.png",
        r"\\elsewhere.example\x.png",
        r"/\elsewhere.example/x.png",
        "https:/elsewhere.example/x.png",
        "&#9;//elsewhere.example/x.png",
        "/&#10;/elsewhere.example/x.png",
    ],
)
def test_image_of_another_host(address: str) -> None:
    """An image of another host becomes a link, however its address is disguised."""
    html = to_html(f'<img alt="a > b" src="{address}">', root="./")
    assert "<img" not in html
    assert [each.text for each in parsed(html).iter("a")] == ["a > b"]


def test_own_image() -> None:
    """An image of the site stays one."""
    assert to_html("![Load](files/load.svg)", root="../../") == (
        '<p><img alt="Load" src="../../files/load.svg"></p>'
    )


@pytest.mark.parametrize(
    ("address", "on_page", "elsewhere"),
    [
        ("files/x.svg", "../../files/x.svg", f"{SITE}files/x.svg"),
        ("./files/x.svg", "../../files/x.svg", f"{SITE}files/x.svg"),
        ("about/#help", "../../about/#help", f"{SITE}about/#help"),
        ("#update", "#update", f"{PAGE}#update"),
        ("/shop", "/shop", "https://example.com/shop"),
        ("//example.org/", "//example.org/", "https://example.org/"),
        ("https://example.org/a?b=1&amp;c=2", *["https://example.org/a?b=1&c=2"] * 2),
        ("mailto:help@example.com", *["mailto:help@example.com"] * 2),
        ("tel:+441234", *["tel:+441234"] * 2),
    ],
)
def test_addresses(address: str, on_page: str, elsewhere: str) -> None:
    """Addresses are relative to the site; feeds and mails are read elsewhere and get whole ones."""
    text = f"[there]({address})"
    for root, page, expected in (("../../", "", on_page), (SITE, PAGE, elsewhere)):
        links = [each.get("href") for each in parsed(to_html(text, root=root, page=page)).iter("a")]
        assert links == [expected]
    assert to_text(text, root=SITE, page=PAGE) == f"there ({elsewhere.removeprefix('mailto:')})"


def test_words_that_look_like_an_address() -> None:
    """Only addresses are resolved: what a text says about HTML stays as it says it."""
    html = to_html('Write `<a href="x">`, title href="x".', root="../")
    assert "".join(parsed(html).itertext()) == 'Write <a href="x">, title href="x".'
    html = to_html("""<a title=' href=' href="x">a</a>""", root="../")
    assert [each.attrib for each in parsed(html).iter("a")] == [
        {"title": " href=", "href": "../x", "rel": "noopener noreferrer"}
    ]


@pytest.mark.parametrize(
    ("text", "levels"),
    [
        ("# a\n## b\n### c", [2, 3, 4]),
        ("## a\n### b\n## c", [2, 3, 2]),
        ("### a\n# b\n### c\n## d", [2, 2, 3, 3]),
        ("# a\n## b\n### c\n#### d\n##### e\n###### f", [2, 3, 4, 5, 6, 6]),
    ],
)
def test_headings(text: str, levels: list[int]) -> None:
    """The outline of a text stands below what it belongs to."""
    html = to_html(text, root="./", heading=2)
    assert [int(level) for level in re.findall(r"<h(\d)>", html)] == levels
    assert [int(level) for level in re.findall(r"</h(\d)>", html)] == levels


@pytest.mark.parametrize("mark", ["- a\n- b", "* a\n* b", "+ a\n+ b", "1. a\n2. b"])
def test_list_after_a_line(mark: str) -> None:
    """A list may begin right after a line of text."""
    html = parsed(to_html(f"Known:\n{mark}\n", root="./"))
    assert [each.text for each in html.iter("p")] == ["Known:"]
    assert [each.text for each in html.iter("li")] == ["a", "b"]


def test_list_after_a_line_anywhere() -> None:
    """So may one in a quote, and one in an item."""
    html = parsed(to_html("> Known:\n> - a\n\n1. One:\n   - b", root="./"))
    assert [each.text for each in html.findall("blockquote/ul/li")] == ["a"]
    assert [each.text for each in html.findall("ol/li/ul/li")] == ["b"]


@pytest.mark.parametrize(
    "text",
    ["It began in\n2026. It went on.", "between 10\n-5 and 5", "a\n-b", "1.5\n1.10 too", "a\n*b*"],
)
def test_no_list(text: str) -> None:
    """A year, a number or an emphasis at the start of a line begins no list."""
    html = parsed(to_html(text, root="./"))
    assert not list(html.iter("li"))
    assert "".join(html.itertext()) == text.replace("*", "")


def test_table_after_a_line() -> None:
    """A table may begin right after a line of text."""
    html = parsed(to_html("Load:\n| at | % |\n| --- | ---: |\n| 17:00 | 80 |", root="./"))
    assert [each.text for each in html.iter("p")] == ["Load:"]
    assert [each.text for each in html.iter("th")] == ["at", "%"]
    assert [each.text for each in html.iter("td")] == ["17:00", "80"]


def test_what_may_be_wide() -> None:
    """The keyboard reaches tables and code, since they may have to be scrolled."""
    html = parsed(to_html("| a |\n| --- |\n| b |\n\n```\nc\n```", root="./"))
    wide = [each for tag in ("table", "pre") for each in html.iter(tag)]
    assert [each.get("tabindex") for each in wide] == ["0", "0"]


def test_fence_after_a_line() -> None:
    """A fenced block may begin right after a line of text; nothing in it is markup."""
    html = parsed(to_html("Run:\n```bash\n- a <b>\n# [x](y)\n```", root="./"))
    assert [each.text for each in html.iter("code")] == ["- a <b>\n# [x](y)\n"]


def test_task_list() -> None:
    """Tasks get a box that shows whether they are done."""
    html = parsed(to_html("1. [ ] open\n2. [x] done\n3. [X] done too\n4. [y] neither", root="./"))
    assert [each.text for each in html.iter("li")] == [
        "☐ open",
        "☑ done",
        "☑ done too",
        "[y] neither",
    ]


def test_comments() -> None:
    """Comments are for the team: they vanish."""
    assert to_html("<!-- ask Ayşe -->\nDone<!-- 2 -->.", root="./").strip() == "<p>Done.</p>"
    assert to_text("<!-- ask Ayşe -->\nDone<!-- 2 -->.", root=SITE) == "Done."


def test_bidirectional_text() -> None:
    """Text from right to left comes through whole, and may say so."""
    text = '<bdi dir="rtl" lang="ar">مرحبا</bdi> שלום, hello'
    assert "".join(parsed(to_html(text, root="./")).itertext()) == "مرحبا שלום, hello"
    assert '<bdi dir="rtl" lang="ar">' in to_html(text, root="./")
    assert to_text(text, root=SITE) == "مرحبا שלום, hello"


def test_same_text_twice() -> None:
    """A text says nothing about the one that is read after it."""
    to_html("[a]: https://example.com/\n[a]", root="./")
    assert "<a" not in to_html("[a]", root="./")


def test_plain_text() -> None:
    """A mail's plain part reads like a letter: blocks, marks and addresses, at 72 characters."""
    text = """
        # Summary

        From 17:00 to 17:45 UTC [story generation](components/story-generation/) was
        **slow** at first and then unavailable:
        - signing in
        - `GET /stories`, see
          the log

        3. third
        4. fourth
            - nested

            More on it.

        > We are sorry.

        | at | load |
        | --- | --- |
        | 17:00 | 80 % |

        ```
        curl -v  example.com
          | grep 503
        ```

        ***

        ![Load](files/load.svg) <help@example.com>, <https://example.com/>, 10<sup>6</sup>
        <del>all well</del>, see [the list](#list)
    """
    assert to_text(dedent(text), root=SITE, page=PAGE) == dedent("""\
        Summary

        From 17:00 to 17:45 UTC story generation
        (https://example.com/status/components/story-generation/) was slow at
        first and then unavailable:

        - signing in
        - GET /stories, see the log

        3. third

        4. fourth

           - nested

           More on it.

        > We are sorry.

        at | load
        17:00 | 80 %

            curl -v  example.com
              | grep 503

        * * *

        [Load: https://example.com/status/files/load.svg] help@example.com,
        https://example.com/, 10^6 ~~all well~~, see the list
        (https://example.com/status/incidents/2026-01-02-api/#list)""")


@given(st.text(st.sampled_from("ab \n-#>"), min_size=1), st.integers(30, 80))
def test_width(text: str, width: int) -> None:
    """No line of words is longer than the width that is asked for, unless a word is."""
    lines = to_text(text, root=SITE, width=width).split("\n")
    assert all(len(line) <= width or " " not in line.strip(" ->") for line in lines)


def test_long_word() -> None:
    """An address is never broken."""
    address = "https://example.com/" + "a" * 100
    assert address in to_text(f"See {address} for more.", root=SITE).split("\n")


@pytest.mark.parametrize(
    "text", ["Send <token> along.", "See <Your-Name> there.", "A </end> tag.", "if a<b and c>d"]
)
def test_what_is_no_tag_of_ours_is_a_text(text: str) -> None:
    """A word in angle brackets stays on the page as it was written."""
    assert to_html(text, root="./") == f"<p>{escape(text)}</p>"
    assert to_text(text, root="./") == text


@given(st.from_regex(PLAIN.pattern, fullmatch=True))
def test_plain_sentence(text: str) -> None:
    """A sentence that is not read as Markdown is the same, byte for byte, as if it were."""
    assert markdown._html(text) == markdown._cleaned(text)  # noqa: SLF001 - the short way


@given(st.from_regex(PLAIN.pattern, fullmatch=True))
def test_plain_sentence_as_text(text: str) -> None:
    """So it is as plain text, where it fits into a line."""
    written = TextWriter("", "", WIDE).write(markdown._html(text))  # noqa: SLF001 - as above
    assert to_text(text, root="", width=WIDE) == written


@given(
    st.text(alphabet="aB1 .,-:;!?()'\"/%$@\u2019\u2013…*_`#[]<>&\\~|+=\n\t\u00a0é漢", max_size=40)
)
def test_any_sentence(text: str) -> None:
    """Whatever is near to plain is read the same either way."""
    assert markdown._html(text) == markdown._cleaned(text)  # noqa: SLF001 - the short way


# All in which a light text could go wrong: what is said, how it is marked, and what stands around.
SAID = st.sampled_from(
    [
        "a",
        "our notes",
        "https://example.com/",
        "35.8 %",
        "é",
        "A/B",
        '"q"',
        "1. a",
        "(x",
        "x)",
        "漢",
    ]
)
ADDRESSES = st.sampled_from(
    [
        *("https://example.com/", "https://example.com", "http://a.b.io/x_y?z=1#q", "a/b", "b"),
        *("incidents/slow/", "https://a.com/%zz", "https://a-b.com/a=b", "https://a.museum/_x_"),
        *("https://1.2.3.4/", "//x"),
    ]
)
MARKED = st.one_of(
    SAID.map("**{}**".format),
    st.sampled_from(["x", "/v1/a_b/", "{x}", "a=1", "a b", "_x_", "/"]).map("`{}`".format),
    st.tuples(SAID, ADDRESSES).map(lambda both: "[{}]({})".format(*both)),
)
BEFORE = st.sampled_from([" ", " ", " ", " it's ", " (", " - ", ": ", " 12 of ", "", "-"])
AFTER = st.sampled_from([" a", " a", " a", ".", ", b", ")", ": é", "!", "-", "a"])
LINES = st.lists(st.tuples(BEFORE, MARKED, AFTER).map("".join), max_size=2).map(
    lambda pieces: f"We{''.join(pieces)}"
)
LIGHT = st.lists(
    st.one_of(
        st.lists(LINES, min_size=1, max_size=3).map("\n".join),
        st.lists(LINES.map("- {}".format), min_size=1, max_size=3).map("\n".join),
    ),
    min_size=1,
    max_size=3,
).map("\n\n".join)


@settings(max_examples=1000)
@given(LIGHT)
def test_light_text(text: str) -> None:
    """A light text is the same, byte for byte, as if it were read as Markdown, and made safe."""
    reader, cleaner = markdown._tools()  # noqa: SLF001 - the long way
    assert not is_light(text) or light_html(text) == cleaner.clean(reader.convert(text))


@settings(max_examples=500)
@given(LIGHT, st.sampled_from([20, 30, 72, WIDE]))
def test_light_text_as_text(text: str, width: int) -> None:
    """It is the same as plain text, too, folded or not."""
    written = TextWriter(SITE, PAGE, width).write(markdown._cleaned(text))  # noqa: SLF001 - as above
    assert to_text(text, root=SITE, page=PAGE, width=width) == written


def test_light_text_that_shows_its_address() -> None:
    """An address that is its own title is written once."""
    text = "See [https://example.com/](https://example.com/)."
    assert is_light(text)
    assert to_text(text, root=SITE) == "See https://example.com/."


@settings(max_examples=500)
@given(LIGHT)
def test_words_of_a_light_text(text: str) -> None:
    """Its words are those that its HTML shows."""
    shown = " ".join("".join(block.itertext()) for block in parsed(to_html(text, root=SITE)))
    assert not is_light(text) or to_words(text).split() == shown.split()


@pytest.mark.parametrize(
    "text",
    [
        "See [our notes](https://example.com/notes/1_2?a=b#c), **now**.",
        "We see `GET /v1/a_b` fail.\nSo does [signing in](components/api/).",
        "It fails here:\n\n- Europe: **35.8 %**\n- `eu-1`\n\nElsewhere it does not.",
    ],
)
def test_what_is_light(text: str) -> None:
    """Sentences and lists with a bold word, a bit of code or a link are light."""
    assert is_light(text)


@pytest.mark.parametrize(
    "text",
    [
        *("* a", "1. a", "# a", "a\n- b", "- a", "> a", "a  \nb", "a\n\n    b", " a", "a\n===\na"),
        *(
            "a **b",
            "a** b",
            "a*b*c",
            "a**b**c",
            "a_b_",
            "![a](b)",
            "[a][b]",
            "[a]: b",
            "[a](b 'c')",
        ),
        *("<b>a</b>", "a &amp; b", "a \\* b", "a | b", "``a``", "a\u00a0b", "- [ ] a"),
        *("[a](b)(c)", "We **b**c", "We **b**(c)"),
        *("[a](//b)", "[a](javascript:b)", "[a](https://b)", "[a](https://1.2.3.400/)", "[a](b.c)"),
        *("a\n\n- b\n\n- c", "a\n\n- b\n  c", "[a](https://xn--a.com/)", "a\tb", "a\r\nb"),
    ],
)
def test_what_is_not_light(text: str) -> None:
    """Whatever could mean something else, or nothing, is read as Markdown."""
    assert not is_light(text)


UNTOUCHED = Markdown(extensions=[*extensions(), fences()], output_format="html")
READER = Reader()

RICH = st.lists(
    st.sampled_from(
        [
            *("a", "b1", " ", "  ", "    ", "\n", "\n\n", "  \n", "\t", "\r\n", "\x02", "\x03"),
            *("*", "**", "***", "_", "__", "`", "``", "\\", "\\*", "\\|", "!", "[", "]", "(", ")"),
            *("[a](b)", "[a](b 'c')", "![a](b)", "[a]", "[a][a]", "![a]", "[a]: b\n", "]:", ":"),
            *("# ", "#", "---", "===", "- ", "+ ", "* ", "1. ", "2. ", "> ", "|", "|-|-|", "|a|b|"),
            *("```", "```\n", "~~~\n", "<b>", "</b>", "<p>", "<http://a>", "<a@b>", "<!-- c -->"),
            *(
                "&",
                "&amp;",
                "&#9;",
                "<",
                ">",
                '"',
                "'",
                "é",
                "漢",
                "\u00a0",
                "\u2028",
                "=",
                "-",
                "+",
            ),
        ]
    ),
    max_size=24,
).map("".join)


@settings(max_examples=500)
@given(RICH)
def test_steps_that_are_left_out(text: str) -> None:
    """What has nothing to do in a text is not tried, and the HTML is the same, byte for byte."""
    assert not is_light(text) or light_html(text) == markdown._tools()[1].clean(  # noqa: SLF001 - as above
        READER.convert(text)
    )
    assert READER.convert(text) == UNTOUCHED.reset().convert(text)


@given(st.lists(RICH, max_size=4))
def test_fences_that_come_later(texts: list[str]) -> None:
    """What understands fences is there from the first text that has one, for all after it."""
    reader = Reader()
    assert [reader.convert(one) for one in texts] == [
        UNTOUCHED.reset().convert(one) for one in texts
    ]


def test_a_link_needs_no_fences() -> None:
    """A text without a fence is read without the import that fences need."""
    script = """
import sys
from statusgen.markdown import to_html
to_html("See _our_ [notes](https://example.com/).", root="./")
print(sorted({"markdown.extensions.fenced_code", "pygments"} & set(sys.modules)))
"""
    told = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert told.stdout == "[]\n"


def test_few_steps() -> None:
    """A text with a link goes through no more than it needs."""
    READER.convert("See [our notes](https://example.com/).")
    taken = [type(each).__name__ for each in READER.inline.inlinePatterns]
    assert taken == ["LinkInlineProcessor"]


def test_light_texts_need_no_reader() -> None:
    """Where all texts are light, neither Python-Markdown nor nh3 is imported."""
    script = """
import sys
from statusgen.markdown import to_html
assert to_html("All is well.", root="./") == "<p>All is well.</p>"
assert to_html("All is **well**.", root="./") == "<p>All is <strong>well</strong>.</p>"
print(sorted({"markdown", "nh3", "html.parser", "xml.etree"} & set(sys.modules)))
"""
    told = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert told.stdout == "[]\n"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("A sentence.", "A sentence."),
        ("It was **very** slow, `GET /a` too.", "It was very slow, GET /a too."),
        ("See [the\nreport](https://example.org/a?b=1#c).", "See the report."),
        ("Two.\n\n- one\n- two", "Two. one two"),
        ("# Head\n\nBody &amp; *soul*", "Head Body & soul"),
        ("snake_case and __bold__", "snake_case and bold"),
        ("| a | b |\n|---|---|\n| c | d |", "a b c d"),
        ("Gone<!-- zq -->.", "Gone."),
        ("Gone\n\n[//]: # (zq)", "Gone"),
        ('[a](https://example.org/ "zq")', "a"),
        ('<b title="zq > zq">a</b>', "a"),
        ("<script>zq</script>a", "a"),
        ("![zq](https://example.org/zq.png)", "zq"),
        ("5 &lt; 6 and `a<b>`", "5 < 6 and a<b>"),
        ("", ""),
    ],
)
def test_words(text: str, words: str) -> None:
    """Of a text that is searched only the words are left that a reader sees."""
    assert to_words(text) == words


_PIECES = (
    *(
        "word",
        "**bold**",
        "`code`",
        "[link](https://example.org/a)",
        "Istanbul \u0130",
        "(a)",
        "<!-- a -->",
    ),
    *(" ", "\n", "\n\n", "- ", ". ", "1. ", "!", "[", "]", "(", ")", "*", "`", "_", "&", "#", "\\"),
)
"""What texts are made of, and what could be mistaken for it."""


@given(st.lists(st.sampled_from(_PIECES), max_size=12).map("".join))
def test_words_of_any_text(text: str) -> None:
    """A text that was read by its marks alone has no word that its HTML has not, and none less."""
    root = html5lib.parseFragment(to_html(text, root="./"), namespaceHTMLElements=False)
    shown = " ".join(root.itertext())
    assert _bare(to_words(text)) == _bare(shown)


def _bare(text: str) -> str:
    """Leave only letters, since a list's numbers and marks are its writer's."""
    return "".join(each for each in text if each.isalpha())
