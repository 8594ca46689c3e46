"""Document → config and facts, with an address for every mistake."""

from statusgen.parse.site import parse_site

__all__ = ["parse_site"]
