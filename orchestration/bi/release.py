"""What may leave the house: the release switch over the publishers' terms.

Belongs here: whose figures may be passed on. What is made of them (open data, the public site) asks here. Inside the
house everything is shown; `CHISO_EXCLUDE_PUBLISHERS` is what keeps figures out of the warehouse itself.
"""

import duckdb

from ingest.catalog_reader import load_catalog
from ingest.settings import Settings, SettingsError


def released_indices(connection: duckdb.DuckDBPyConnection, settings: Settings) -> frozenset[str]:
    """Codes of the indices whose figures may leave the house, by `marts.dim_index` of the published file.

    They are those of the publishers that CHISO_RELEASE_PUBLISHERS names; where it is not set, those that the catalog
    says may be passed on with citation. Raises SettingsError when the setting names an unknown publisher.
    """
    terms = _terms(connection)
    if settings.released_publishers is None:
        return frozenset(index for index, _, passing_on in terms if passing_on == "cited")
    _refuse_unknown(terms, settings)
    return frozenset(index for index, publisher, _ in terms if publisher in settings.released_publishers)


def withheld_metrics(connection: duckdb.DuckDBPyConnection, settings: Settings) -> frozenset[tuple[str, str]]:
    """(source_code, start of metric_code) of the province's metrics that must stay, as rows of `fct_provincial_metric`.

    The catalog says which metrics are a publisher's; those that are nobody's (single figures from the press and
    portals) may leave. Raises SettingsError as `released_indices` does.
    """
    terms = _terms(connection)
    if settings.released_publishers is not None:
        _refuse_unknown(terms, settings)
    asking = {publisher for _, publisher, passing_on in terms if passing_on != "cited"}
    return frozenset(
        (source, start)
        for source, start, publisher in _metrics_with_publisher(settings)
        if (
            publisher in asking
            if settings.released_publishers is None
            else publisher not in settings.released_publishers
        )
    )


def _terms(connection: duckdb.DuckDBPyConnection) -> list[tuple[str, str, str]]:
    return connection.execute("select index_code, publisher_code, passing_on from marts.dim_index").fetchall()


def _metrics_with_publisher(settings: Settings) -> list[tuple[str, str, str]]:
    return [
        (source.code, start, publisher)
        for source in load_catalog(settings.shelves).metric_sources.values()
        for start, publisher in source.publishers.items()
    ]


def _refuse_unknown(terms: list[tuple[str, str, str]], settings: Settings) -> None:
    known = {publisher for _, publisher, _ in terms}
    known |= {publisher for _, _, publisher in _metrics_with_publisher(settings)}
    unknown = (settings.released_publishers or frozenset()) - known
    if unknown:
        raise SettingsError(
            f"CHISO_RELEASE_PUBLISHERS names {', '.join(sorted(unknown))}; known are {', '.join(sorted(known))}"
        )
