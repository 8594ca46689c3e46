"""Badges: how the service or a component does, as small pictures for other pages (SVG 1.1).

A badge stands among those of others, so that it has their height and looks the same in every theme.
It has neither styles nor scripts nor ids, so that no policy forbids it and any page can hold it as
it is; its words are set in whatever font there is, and take the room that was made for them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple
from unicodedata import combining, east_asian_width

from statusgen.artifact import Artifact
from statusgen.expression import expression
from statusgen.model import ComponentStatus
from statusgen.theme.templates import escaped
from statusgen.views.brief import StateBadge
from statusgen.views.status import Indicator

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from statusgen.theme import Theme
    from statusgen.views import SiteView
    from statusgen.views.brief import Badge

HEIGHT = 20
LONGEST = 40
"""How many characters of a name are shown; the title has all."""
FONT = "system-ui,-apple-system,'Segoe UI',Roboto,'Helvetica Neue',Arial,sans-serif"
SIZE = 11
NAME_GROUND = "#2f353d"
_PAD = 8
_ICON = 12
_GAP = 5

RETIRED = "Retired"
UPTIME = "%(share)s %% uptime, %(days)s days"
UNKNOWN = "No record yet"


class Look(NamedTuple):
    """A state's ground and the ink on it, its shape, and the sign within that."""

    ground: str
    ink: str
    shape: str
    sign: str = ""


_ROUND = "M10 1a9 9 0 1 1 0 18 9 9 0 0 1 0-18z"
_OK = Look("#23803a", "#fff", _ROUND, "m6 10.4 2.8 2.8 5.4-6")
_WORK = Look(
    "#1971c2",
    "#fff",
    "M6 1h8a5 5 0 0 1 5 5v8a5 5 0 0 1-5 5H6a5 5 0 0 1-5-5V6a5 5 0 0 1 5-5z",
    "M15 7.4a3.3 3.3 0 1 1-2.4-2.4M9.4 10.6 5.4 14.6",
)
_MINOR = Look("#fcc419", "#2b2100", "M10 1.6 19 18H1z", "M10 8v4.4m0 2.4v.2")
_MAJOR = Look("#c2410c", "#fff", "m10 .8 9.2 9.2-9.2 9.2L.8 10z", "M10 5.4v5.4m0 3v.2")
_CRITICAL = Look(
    "#c92a2a",
    "#fff",
    "M6.3 1h7.4L19 6.3v7.4L13.7 19H6.3L1 13.7V6.3z",
    "m6.8 6.8 6.4 6.4m0-6.4-6.4 6.4",
)
_OFF = Look("#5c6470", "#fff", _ROUND, "M6 10h8")
_FIGURE = Look("#4d5663", "#fff", "")
LOOKS: dict[Indicator | ComponentStatus | None, Look] = {
    Indicator.NONE: _OK,
    Indicator.MAINTENANCE: _WORK,
    Indicator.MINOR: _MINOR,
    Indicator.MAJOR: _MAJOR,
    Indicator.CRITICAL: _CRITICAL,
    ComponentStatus.OPERATIONAL: _OK,
    ComponentStatus.UNDER_MAINTENANCE: _WORK,
    ComponentStatus.DEGRADED_PERFORMANCE: _MINOR,
    ComponentStatus.PARTIAL_OUTAGE: _MAJOR,
    ComponentStatus.MAJOR_OUTAGE: _CRITICAL,
    None: _OFF,
}
"""Every state by shape, word and colour, as on the page."""

# Helvetica's widths in thousandths of its size; others come close, and are fitted to them.
_WIDTHS = {
    sign: width
    for width, signs in {
        222: "ijl'|\u2018\u2019",
        278: " I.,:;/!\\tf[]",
        333: 'r()-`·“”"*{}',
        500: "sckvxyzJ",
        556: "abdeghnopqu0123456789_?L#$\u2013",
        584: "+<>=~^",
        611: "FTZ",
        667: "ABEKPSVXY&",
        722: "CDHNRUw",
        778: "GOQ",
        833: "mM",
        889: "%",
        944: "W",
        1000: "\u2014\u2026",
        1015: "@",
    }.items()
    for sign in signs
}
_OTHER = 600
_WIDE = 1050
_BOLD = 1.05
_FITTED = "\u0530"
"""Before this, letters stand beside one another and can be moved; what is joined is left alone."""
_UNFIT = expression(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]+")
"""What XML does not allow, and what would break a line."""

_ASTRAL = expression(r"[\U00010000-\U0010ffff]")


def artifacts(view: SiteView, _theme: Theme) -> Iterator[Artifact]:
    """Tell the badges."""
    for badge in view.badges:
        yield Artifact(path=badge.path, view=badge, render=svg)


def svg(view: Badge, theme: Theme) -> bytes:
    """Draw a badge: whose it is on the left, how that does on the right, or the other way round."""
    name, told = _clean(view.label), _clean(_told(view, theme))
    shown = name if len(name) <= LONGEST else f"{name[: LONGEST - 1].rstrip()}…"
    look = LOOKS[view.state] if isinstance(view, StateBadge) else _FIGURE
    icon = _ICON + _GAP if look.shape else 0
    left, right = _width(shown), _width(told) * _BOLD
    first, second = round(left + 2 * _PAD), round(right + 2 * _PAD + icon)
    is_mirrored = theme.words.direction == "rtl"
    name_at, told_at = (second, 0) if is_mirrored else (0, first)
    icon_at = told_at + (second - _PAD - _ICON + 1 if is_mirrored else _PAD - 1)
    middle = told_at + (second - icon if is_mirrored else second + icon) / 2
    title = escaped(f"{name}: {told}")
    head = {
        "xmlns": "http://www.w3.org/2000/svg",
        "width": first + second,
        "height": HEIGHT,
        "viewBox": f"0 0 {first + second} {HEIGHT}",
        "role": "img",
        "aria-label": title,
        "xml:lang": escaped(theme.language),
    }
    setting = {
        "font-family": FONT,
        "font-size": SIZE,
        "text-anchor": "middle",
        "direction": theme.words.direction,
        "aria-hidden": "true",
    }
    drawn = (
        f"<title>{title}</title>",
        _ground(name_at, first, NAME_GROUND, is_left=not is_mirrored),
        _ground(told_at, second, look.ground, is_left=is_mirrored),
        _icon(icon_at, look) if look.shape else "",
        f"<g {_attributes(setting)}>",
        _words(shown, name_at + first / 2, left, 'fill="#fff"'),
        _words(told, middle, right, f'fill="{look.ink}" font-weight="600"'),
        "</g>",
    )
    text = f"<svg {_attributes(head)}>{''.join(drawn)}</svg>\n"
    # By their numbers: some that read XML stumble over what takes two units of UTF-16.
    return _ASTRAL.sub(lambda found: f"&#{ord(found[0])};", text).encode()


def _attributes(values: Mapping[str, object]) -> str:
    return " ".join(f'{name}="{value}"' for name, value in values.items())


def _told(view: Badge, theme: Theme) -> str:
    words = theme.words
    if isinstance(view, StateBadge):
        if view.state is None:
            return words.say(RETIRED)
        return words.phrase(view.sentence) if view.sentence else words.words(view.state)
    if view.uptime is None:
        return words.say(UNKNOWN)
    return words.say(UPTIME) % {"share": words.percent(view.uptime), "days": view.days}


def _ground(at: int, width: int, colour: str, *, is_left: bool) -> str:
    """Draw one of both grounds, with round corners where the badge ends."""
    across = width - 4
    if is_left:
        outline = f"M{at + width} 0h-{across}a4 4 0 0 0-4 4v12a4 4 0 0 0 4 4h{across}z"
    else:
        outline = f"M{at} 0h{across}a4 4 0 0 1 4 4v12a4 4 0 0 1-4 4h-{across}z"
    return f'<path fill="{colour}" d="{outline}"/>'


def _icon(at: float, look: Look) -> str:
    return (
        f'<g transform="translate({_number(at)} 4) scale(.6)"><path fill="{look.ink}" '
        f'd="{look.shape}"/><path d="{look.sign}" fill="none" stroke="{look.ground}" '
        'stroke-width="2.4" stroke-linecap="round" stroke-linejoin="round"/></g>'
    )


def _words(text: str, middle: float, width: float, look: str) -> str:
    """Set words so that they take just the room that there is, whatever the font."""
    is_fitted = all(sign < _FITTED or sign in _WIDTHS for sign in text)
    fit = f' textLength="{_number(width)}" lengthAdjust="spacingAndGlyphs"' if is_fitted else ""
    return f'<text x="{_number(middle)}" y="14" {look}{fit}>{escaped(text)}</text>'


def _width(text: str) -> float:
    return sum(map(_thousandths, text)) * SIZE / 1000


def _thousandths(sign: str) -> int:
    if combining(sign) or sign in "\u200b\u200c\u200d\u200e\u200f\ufe0f":
        return 0
    is_wide = east_asian_width(sign) in "WF"
    return _WIDTHS.get(sign, _WIDE if is_wide else _OTHER)


def _clean(text: str) -> str:
    return " ".join(_UNFIT.sub(" ", text).split())


def _number(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
