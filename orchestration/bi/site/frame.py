"""What every page needs: which version this is, the home province, and the names of indices, units and agencies."""

from dataclasses import dataclass
from typing import Any

import duckdb

from quality.report.published import Row, rows

_VERSION = """
select content_sha256, built_from, (select max(as_of) from reporting.rpt_check) as as_of
from marts.published_version
"""
# the unit of today that the overview calls home, whichever of its predecessors has the figures
_HOME = """
select distinct coalesce(territory.successor_code, territory.territory_code) as code
from reporting.rpt_index_overview as overview
inner join marts.dim_territory as territory using (territory_code)
where overview.is_home and overview.level = 'provincial'
"""
_INDICES = """
select
    index_code, level, name_vi, name_en, publisher, scale_min, scale_max, higher_is_better, in_plan, citation, terms
from marts.dim_index
where list_contains($codes, index_code)
order by level desc, in_plan desc, index_code
"""
_UNITS = """
select
    territory_code as code, name_vi, name_en, region_code as region, region_vi, successor_code as successor,
    on_34_list as is_of_today, on_63_list as was_on_63, valid_from,
    valid_to,
    count(*) over (partition by name_vi) > 1 and valid_to is not null as needs_date
from marts.dim_territory
where kind in ('province', 'city')
order by name_vi collate vi, territory_code
"""
_REGIONS = """
select territory_code as code, name_vi, name_en
from marts.dim_territory
where kind = 'region'
order by name_vi collate vi
"""
_AGENCIES = "select agency_code as code, name_vi, name_en from marts.dim_agency order by name_vi collate vi"


class SiteError(RuntimeError):
    """The site cannot be made; the message says what to do."""


@dataclass(frozen=True)
class Frame:
    """What all pages share. `codes` are the indices that may be shown, `home` the code of the home unit."""

    codes: list[str]
    home: str
    version: Row
    indices: list[Row]
    units: list[Row]
    regions: list[Row]
    agencies: list[Row]

    @property
    def home_unit(self) -> Row:
        return next(unit for unit in self.units if unit["code"] == self.home)

    @property
    def former(self) -> list[Row]:
        """The provinces that the home unit was made of, where it was merged."""
        return [unit for unit in self.units if unit["successor"] == self.home and unit["was_on_63"]]

    def as_data(self, has_agencies: bool) -> dict[str, Any]:
        """The part that the scripts read; the agencies if asked."""
        return {
            "home": self.home,
            "version": self.version,
            "indices": self.indices,
            "units": self.units,
            "regions": self.regions,
            "agencies": self.agencies if has_agencies else [],
        }


def read_frame(con: duckdb.DuckDBPyConnection, indices: frozenset[str] | None) -> Frame:
    """Read the frame; `indices` limits what is shown, None shows all.

    Raises SiteError when the file does not say which province is home.
    """
    known = [row["index_code"] for row in rows(con, "select index_code from marts.dim_index order by all")]
    codes = [code for code in known if indices is None or code in indices]
    homes = rows(con, _HOME)
    if len(homes) != 1:
        raise SiteError(
            f"the published file names {len(homes)} home provinces; check CHISO_TERRITORY and run `chiso run`"
        )
    return Frame(
        codes=codes,
        home=homes[0]["code"],
        version=rows(con, _VERSION)[0],
        indices=rows(con, _INDICES, {"codes": codes}),
        units=rows(con, _UNITS),
        regions=rows(con, _REGIONS),
        agencies=rows(con, _AGENCIES),
    )
