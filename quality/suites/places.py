"""Do columns stand under their headers and rows beside their names? Earlier editions tell."""

from quality.numbers_vi import number_vi
from quality.rules import Row, Suite, Words, at_most_allowed
from quality.suites.wording import component_en, component_vi, edition_en, edition_vi, place_en, place_vi, subject_vi


def _columns(row: Row) -> Words:
    other_vi = row["counter_component_name_vi"]
    other_en = row["counter_component_name_en"] or row["counter_component_code"]
    own_r, other_r = number_vi(row["own_correlation"], 2), number_vi(row["exchanged_correlation"], 2)
    own_d, other_d = number_vi(row["own_distance"], 2), number_vi(row["exchanged_distance"], 2)
    return Words(
        subject_vi=subject_vi(row),
        expected="giống cột cùng tên của các kỳ trước",
        observed=f"giống cột {other_vi} của các kỳ trước hơn",
        message_vi=f"{edition_vi(row)}: cột {component_vi(row)} và cột {other_vi} có thể đã đổi chỗ cho nhau. "
        f"Tương quan với các kỳ trước: {own_r} với cột cùng tên, {other_r} với cột kia; trung vị cách kỳ "
        f"{row['previous_edition_year']} {own_d} lần độ lệch chuẩn ở cột cùng tên, {other_d} lần ở cột kia.",
        message_en=f"{edition_en(row)}: the columns {component_en(row)} and {other_en} may have changed places. "
        f"Correlation with earlier editions: {row['own_correlation']:.2f} with the column of its name, "
        f"{row['exchanged_correlation']:.2f} with the other; distance of the median from "
        f"{row['previous_edition_year']}: {row['own_distance']:.2f} standard deviations in the column of its name, "
        f"{row['exchanged_distance']:.2f} in the other.",
    )


def _territories(row: Row) -> Words:
    own, other = number_vi(row["own_distance"], 2), number_vi(row["exchanged_distance"], 2)
    counter_vi, counter_en = row["counter_label_vi"], row["counter_label_en"]
    return Words(
        subject_vi=subject_vi(row),
        expected="giống các kỳ trước của chính đơn vị đó",
        observed=f"giống các kỳ trước của {counter_vi} hơn",
        message_vi=f"{edition_vi(row)}: dòng của {place_vi(row)} và dòng của {counter_vi} có thể đã đổi chỗ cho nhau. "
        f"Xét {row['components']} thành phần, dòng này lệch {own} lần độ lệch chuẩn so với các kỳ trước của chính nó, "
        f"{other} lần so với các kỳ trước của {counter_vi}; dòng kia cũng vậy.",
        message_en=f"{edition_en(row)}: the rows of {place_en(row)} and {counter_en} may have changed places. "
        f"Over {row['components']} components this row departs {row['own_distance']:.2f} standard deviations from "
        f"its own earlier editions, {row['exchanged_distance']:.2f} from those of {counter_en}; so does the other row.",
    )


def _slipped_rows(row: Row) -> Words:
    rows, first, last = number_vi(row["slipped_rows"]), row["first_territory_name_vi"], row["last_territory_name_vi"]
    side_vi, side_en = ("dưới", "below") if row["shift"] > 0 else ("trên", "above")
    gain = number_vi(row["slip_gain"], 1)
    return Words(
        subject_vi=subject_vi(row),
        expected="mỗi dòng số liệu đứng cạnh tên của nó",
        observed=f"{rows} dòng giống đơn vị ở ngay dòng {side_vi} hơn",
        message_vi=f"{edition_vi(row)}: {rows} dòng liền nhau ({first} đến {last}) có thể lệch một dòng so với tên: "
        f"đối chiếu các kỳ trước, số liệu hợp với tên ở ngay dòng {side_vi} hơn (mức phù hợp tăng {gain}).",
        message_en=f"{edition_en(row)}: {row['slipped_rows']} rows ({first} to {last}) may stand one line beside their "
        f"names: held against earlier editions they suit the name one line {side_en} better "
        f"(log-likelihood better by {row['slip_gain']:.1f}).",
    )


EDITION = ("index_code", "edition_year", "basis", "vintage")

SUITES = (
    Suite(
        name="component_match",
        table="evidence.evd_component_match",
        keys=(*EDITION, "component_code", "counter_component_code", "previous_edition_year"),
        sql="""
        select index_code, edition_year, basis, vintage, component_code, 'score' as measure,
            counter_component_code, counter_component_name_vi, counter_component_name_en, previous_edition_year, units,
            own_correlation, exchanged_correlation, own_distance, exchanged_distance, exchange_gain,
            threshold_of('columns_in_place', index_code) as allowed
        from evidence.evd_component_match
        order by all
        """,
        rules=(at_most_allowed("columns_in_place", "data_fault", "exchange_gain", _columns),),
        compares_editions=True,
    ),
    Suite(
        name="territory_match",
        table="evidence.evd_territory_match",
        keys=(*EDITION, "territory_name_vi", "counter_territory_name_vi", "previous_edition_year"),
        sql="""
        select index_code, edition_year, basis, vintage, territory_code, territory_name_vi, 'score' as measure,
            counter_territory_code, counter_territory_name_vi, previous_edition_year, components,
            own_distance, exchanged_distance, exchange_gain,
            threshold_of('territories_in_place', index_code) as allowed
        from evidence.evd_territory_match
        order by all
        """,
        rules=(at_most_allowed("territories_in_place", "data_fault", "exchange_gain", _territories),),
        compares_editions=True,
    ),
    Suite(
        name="slipped_rows",
        table="evidence.evd_slipped_rows",
        keys=(*EDITION, "first_territory_name_vi", "last_territory_name_vi", "shift", "slipped_rows"),
        sql="""
        select index_code, edition_year, basis, vintage, first_territory_name_vi, last_territory_name_vi, shift,
            slipped_rows, slip_gain, threshold_of('rows_not_slipped', index_code) as allowed
        from evidence.evd_slipped_rows
        order by all
        """,
        rules=(at_most_allowed("rows_not_slipped", "data_fault", "slip_gain", _slipped_rows),),
        compares_editions=True,
    ),
)
