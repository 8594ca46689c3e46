"""What is true at a moment, for one audience."""

from statusgen.views.site import SiteView, derive

__all__ = ["SiteView", "derive"]
