"""The Great Expectations classes that our suites use, made to list every failing row in Data Docs.

The stock table groups failing rows by value, keeps twenty groups and ten keys of each; a reader of Data Docs must see
the same failing rows as `reporting.rpt_finding`. Importing this module imports Great Expectations (4-10 s):
import it only where a suite runs.
"""

from html import escape
from typing import Any

from great_expectations.core.expectation_validation_result import ExpectationValidationResult
from great_expectations.expectations.core.expect_column_pair_values_a_to_be_greater_than_b import (
    ExpectColumnPairValuesAToBeGreaterThanB,
)
from great_expectations.expectations.core.expect_column_pair_values_to_be_equal import (
    ExpectColumnPairValuesToBeEqual,
)
from great_expectations.expectations.core.expect_column_values_to_be_in_set import (
    ExpectColumnValuesToBeInSet,
)
from great_expectations.expectations.core.expect_column_values_to_be_null import (
    ExpectColumnValuesToBeNull,
)
from great_expectations.expectations.core.expect_compound_columns_to_be_unique import (
    ExpectCompoundColumnsToBeUnique,
)
from great_expectations.expectations.expectation import Expectation
from great_expectations.expectations.expectation_configuration import ExpectationConfiguration
from great_expectations.render.components import CollapseContent, LegacyDiagnosticRendererType, RenderedTableContent
from great_expectations.render.renderer.renderer import renderer


class _EveryFailingRow:
    """Mixin: one line of the Data Docs table for each failing row, its keys first, then the judged columns."""

    @classmethod
    @renderer(renderer_type=LegacyDiagnosticRendererType.UNEXPECTED_TABLE)
    def _diagnostic_unexpected_table_renderer(
        cls,
        configuration: ExpectationConfiguration | None = None,
        result: ExpectationValidationResult | None = None,
        runtime_configuration: dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> list[RenderedTableContent | CollapseContent] | None:
        found: dict[str, Any] = (result.result or {}) if result is not None else {}
        rows = found.get("unexpected_index_list")
        if not rows:
            return None
        keys = list(found.get("unexpected_index_column_names") or [])
        header = keys + [column for column in rows[0] if column not in keys]
        # Data Docs writes cells into its pages without escaping them, and names come from outside.
        table = [["" if row.get(column) is None else escape(str(row[column])) for column in header] for row in rows]
        return [
            RenderedTableContent(
                content_block_type="table",
                table=table,
                header_row=header,
                styling={"body": {"classes": ["table-bordered", "table-sm", "mt-3"]}},
            )
        ]


class ExpectColumnValuesToBeInSetListed(_EveryFailingRow, ExpectColumnValuesToBeInSet):
    """`expect_column_values_to_be_in_set`, every failing row listed."""


class ExpectColumnValuesToBeNullListed(_EveryFailingRow, ExpectColumnValuesToBeNull):
    """`expect_column_values_to_be_null`, every failing row listed."""


class ExpectColumnPairValuesToBeEqualListed(_EveryFailingRow, ExpectColumnPairValuesToBeEqual):
    """`expect_column_pair_values_to_be_equal`, every failing row listed."""


class ExpectColumnPairValuesAToBeGreaterThanBListed(_EveryFailingRow, ExpectColumnPairValuesAToBeGreaterThanB):
    """`expect_column_pair_values_a_to_be_greater_than_b`, every failing row listed."""


class ExpectCompoundColumnsToBeUniqueListed(_EveryFailingRow, ExpectCompoundColumnsToBeUnique):
    """`expect_compound_columns_to_be_unique`, every failing row listed."""


CLASSES: dict[str, type[Expectation]] = {
    "in_set": ExpectColumnValuesToBeInSetListed,
    "null": ExpectColumnValuesToBeNullListed,
    "pair_equal": ExpectColumnPairValuesToBeEqualListed,
    "a_at_least_b": ExpectColumnPairValuesAToBeGreaterThanBListed,
    "unique": ExpectCompoundColumnsToBeUniqueListed,
}
