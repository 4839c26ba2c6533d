"""The static site: the published figures as pages that open from disk and ask nobody for anything.

Belongs here: reading the published file, the pages, their style and their scripts. Does not belong here: deciding which
indices and tables may leave the house (`orchestration.bi.open_data`).
"""

from orchestration.bi.site.build import Site, build_site
from orchestration.bi.site.frame import SiteError

__all__ = ["Site", "SiteError", "build_site"]
