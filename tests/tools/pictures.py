"""Draw the pictures by which links to a page are shown: python -m tests.tools.pictures.

Each is the icon of a state above the bars of its last days, 1200 by 630 pixels as Open Graph wants
it; the one without a state is for pages that tell of no moment.
"""

from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.tools.install import installed_chromium

STATIC = Path(__file__).parents[2] / "themes" / "default" / "static"
WIDTH, HEIGHT = 1200, 630

LOOKS = {
    "": ("#f6f7f9", "#b8c4f2", "#3b5bdb"),
    "-none": ("#ebf7ee", "#7fcb93", "#51b56b"),
    "-maintenance": ("#e8f3fd", "#a9dcb6", "#4dabf7"),
    "-minor": ("#fff6e0", "#a9dcb6", "#fcc419"),
    "-major": ("#fff0e6", "#a9dcb6", "#fd7e14"),
    "-critical": ("#fdeeee", "#a9dcb6", "#e03131"),
}
"""Of each state the ground, the bars of the days before, and that of the last two."""
DAYS, STEP, THICK, TALL = 45, 20, 11, 56
SIZE = 190
"""How many pixels the icon is wide."""


def drawing(state: str) -> str:
    """Draw a state as SVG."""
    ground, before, last = LOOKS[state]
    icon = (STATIC / f"icon{state}.svg").read_text(encoding="utf-8")
    shape = icon[icon.index(">") + 1 : icon.rindex("</svg>")]
    scale = SIZE / (20 if state else 32)
    left = (WIDTH - DAYS * STEP) / 2
    is_calm = state in ("", "-none")
    bars = "".join(
        f'<rect x="{left + day * STEP + 3}" y="440" width="{THICK}" height="{TALL}" rx="3"'
        f' fill="{before if is_calm or day < DAYS - 2 else last}"/>'
        for day in range(DAYS)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}">'
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="{ground}"/>'
        f'<g transform="translate({(WIDTH - SIZE) / 2} 165) scale({scale})">{shape}</g>{bars}</svg>'
    )


def main() -> None:
    """Write all of them into the default theme."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=installed_chromium())
        page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT})
        for state in LOOKS:
            page.set_content(f'<body style="margin:0">{drawing(state)}</body>')
            page.screenshot(path=STATIC / f"picture{state}.png")


if __name__ == "__main__":
    main()
