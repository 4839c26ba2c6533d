"""What goes wrong with files, by kind, and how often each is tried."""

import random
from collections.abc import Callable
from dataclasses import dataclass

from tests.integration.receive import mutations_of_files as files
from tests.integration.receive import mutations_of_numbers as numbers
from tests.integration.receive import mutations_of_tables as tables
from tests.integration.receive.mutation_start import Arrived, Start

Mutation = Callable[[Start, random.Random], Arrived]
_PLAIN = ("csv", "csv ; and ,", "utf-8 bom", "html")
_ANY = ("csv", "csv ; and ,", "utf-16", "utf-8 bom", "xlsx", "xls", "html", "zip")


@dataclass(frozen=True)
class Kind:
    """A kind of mutation, how many are made, and in which carriers."""

    name: str
    count: int
    mutate: Mutation
    carriers: tuple[str, ...] = _ANY
    # figures stay as published: only exact loading is right
    is_harmless: bool = False


KINDS = [
    Kind("bits flipped", 220, files.bits_flipped),
    Kind("byte inserted", 90, files.byte_inserted),
    Kind("byte deleted", 90, files.byte_deleted),
    Kind("truncated download", 120, files.truncated),
    Kind("truncated, padded with zeros", 40, files.truncated_and_padded),
    Kind("document damaged (pdf)", 4, files.of_a_document, ("pdf",)),
    Kind("digit changed", 130, tables.digit_changed, _PLAIN),
    Kind("unit of one cell", 80, numbers.unit_of_one_cell),
    Kind("no-data token", 60, numbers.no_data_token),
    Kind("rows dropped", 60, tables.rows_dropped),
    Kind("row doubled", 30, tables.row_doubled),
    Kind("row's figures copied", 30, tables.row_figures_copied),
    Kind("two rows' figures swapped", 80, tables.row_figures_swapped, _PLAIN),
    Kind("names moved by a line", 40, tables.names_moved, _PLAIN),
    Kind("columns swapped", 70, tables.columns_swapped, _PLAIN),
    Kind("cell swapped with its neighbour", 60, numbers.cell_swapped_with_neighbour, _PLAIN),
    Kind("header changed", 60, tables.header_changed),
    Kind("column moved by a line", 80, tables.column_moved, _PLAIN),
    Kind("part of a column moved", 60, tables.part_of_column_moved),
    Kind("row moved by a column", 60, tables.row_moved),
    Kind("table moved by a column", 20, tables.table_moved_sideways),
    Kind("ranks, groups, bounds moved", 40, tables.tiers_or_ranks_moved, _PLAIN),
    Kind("units changed", 90, numbers.units_changed),
    Kind("percent signs", 40, numbers.percent_signs),
    Kind("decimal marks mixed", 40, numbers.marks_mixed, ("csv",)),
    Kind("thousands separators", 30, numbers.thousands),
    Kind("encoding broken", 80, files.encoding_broken, ("csv",)),
    Kind("type lies", 60, files.type_lies),
    Kind("edition of another year", 40, files.another_year),
    Kind("table of another index", 20, files.another_index),
    Kind("dates for numbers", 20, numbers.dates_for_numbers, ("xlsx",)),
    Kind("formulas without values", 15, numbers.formulas_without_values, ("xlsx",)),
    Kind("numbers in merged cells", 20, numbers.numbers_merged, ("xlsx",)),
    Kind("rows or columns hidden", 20, numbers.parts_hidden, ("xlsx",)),
    Kind("row of a total added", 40, numbers.total_row_added),
    Kind("note with a number", 20, numbers.note_with_number),
    Kind("sorted otherwise", 40, tables.sorted_otherwise, is_harmless=True),
    Kind("columns in another order", 40, tables.columns_in_another_order, is_harmless=True),
    Kind("names spelt otherwise", 40, tables.names_spelt_otherwise, is_harmless=True),
    Kind("titles and notes around", 20, tables.lines_around, ("csv",), is_harmless=True),
]
