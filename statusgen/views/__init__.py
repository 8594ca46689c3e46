"""What is true at a moment, for one audience."""

from statusgen.views.language import Gap, gaps
from statusgen.views.site import SiteView, TreeView, derive

__all__ = ["Gap", "SiteView", "TreeView", "derive", "gaps"]
