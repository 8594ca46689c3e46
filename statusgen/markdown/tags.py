"""What a text may hold, and how it is spelt: what of tags and addresses can do no harm."""

from statusgen.expression import expression

WORDS = {"a", "em", "strong", "b", "i", "u", "s", "del", "ins", "sub", "sup", "small", "mark"}
TERMS = {"abbr", "kbd", "samp", "var", "code", "q", "cite", "bdi", "bdo", "span", "img", "br"}
_HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}
_BLOCKS = {"p", "hr", "pre", "blockquote", "div", "figure", "figcaption", "details", "summary"}
_LISTS = {"ul", "ol", "li", "dl", "dt", "dd"}
_TABLES = {"table", "caption", "thead", "tbody", "tfoot", "tr", "th", "td"}
TAGS = WORDS | TERMS | _HEADINGS | _BLOCKS | _LISTS | _TABLES
ATTRIBUTES = {
    "a": {"href", "title"},
    "img": {"src", "alt", "title", "width", "height"},
    "th": {"align", "scope", "colspan", "rowspan"},
    "td": {"align", "colspan", "rowspan"},
    "ol": {"start", "type"},
    "abbr": {"title"},
    "*": {"lang", "dir"},
}
SCHEMES = {"http", "https", "mailto", "tel"}

# As nh3 writes them: in texts and values it leaves neither a bare `<` nor a bare `"`.
GIVEN = r'((?: [a-z]+="[^"]*")*)'
ATTRIBUTE = expression(r' ([a-z]+)="([^"]*)"')
