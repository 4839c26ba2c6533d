"""Are published ranks places at all, and do ranks and list positions agree with the published scores."""

from quality.numbers_vi import figure_vi, number_vi
from quality.rules import Row, Rule, Suite, Words
from quality.suites.wording import component_en, component_vi, edition_en, edition_vi, place_en, place_vi, subject_vi


def _order(row: Row, place_word_vi: str, place_word_en: str, place_column: str) -> Words:
    place, score = number_vi(row[place_column]), figure_vi(row["score"])
    own_vi = f"{place_vi(row)} ở {place_word_vi} {place} với {score} điểm"
    own_en = f"{place_en(row)} is at {place_word_en} {row[place_column]:g} with {row['score']:.6g}"
    if row.get("counter_territory_code") is not None:
        counter_place, counter_score = number_vi(row[f"counter_{place_column}"]), figure_vi(row["counter_score"])
        expected = f"{place_word_vi} theo đúng thứ tự điểm"
        observed = (
            f"{place_word_vi} {place} ({score} điểm), trong khi {row['counter_label_vi']} "
            f"{place_word_vi} {counter_place} ({counter_score} điểm)"
        )
        other_vi = f"còn {row['counter_label_vi']} ở {place_word_vi} {counter_place} với {counter_score} điểm"
        other_en = (
            f"{row['counter_label_en']} at {place_word_en} {row[f'counter_{place_column}']:g} "
            f"with {row['counter_score']:.6g}"
        )
    else:
        best, worst = number_vi(row["rank_best_possible"]), number_vi(row["rank_worst_possible"])
        expected = f"{place_word_vi} từ {best} đến {worst} (theo các điểm đã công bố)"
        observed = f"{place_word_vi} {place} ({score} điểm)"
        other_vi = f"nhưng theo các điểm đã công bố chỉ có thể từ {best} đến {worst}"
        other_en = f"but the published scores allow {row['rank_best_possible']:g} to {row['rank_worst_possible']:g}"
    return Words(
        subject_vi=subject_vi(row),
        expected=expected,
        observed=observed,
        message_vi=f"{edition_vi(row)}, {component_vi(row)}: {own_vi}, {other_vi}.",
        message_en=f"{edition_en(row)}, {component_en(row)}: {own_en}, {other_en}.",
    )


def _rank(row: Row) -> Words:
    return _order(row, "hạng", "rank", "rank")


def _position(row: Row) -> Words:
    return _order(row, "vị trí", "list position", "list_position")


def _place(row: Row) -> Words:
    published, among = number_vi(row["rank_published"]), number_vi(row["ranked_among"] or 0)
    if row.get("counter_territory_code") is not None:
        expected = "mỗi hạng một đơn vị, trừ khi bằng điểm"
        reason_vi = f"trùng với {row['counter_label_vi']} mà điểm không bằng nhau"
        reason_en = f"so is {row['counter_label_en']}, without an equal score"
    else:
        expected = f"số nguyên từ 1 đến {among}"
        reason_vi = f"không phải là một hạng từ 1 đến {among}"
        reason_en = f"no place from 1 to {row['ranked_among']}"
    return Words(
        subject_vi=subject_vi(row),
        expected=expected,
        observed=f"hạng {published}",
        message_vi=f"{edition_vi(row)}, {component_vi(row)}: {place_vi(row)} hạng {published}, {reason_vi}.",
        message_en=f"{edition_en(row)}, {component_en(row)}: {place_en(row)} has rank {row['rank_published']:g}, "
        f"{reason_en}.",
    )


KEYS = ("index_code", "edition_year", "basis", "vintage", "component_code", "territory_name_vi")

SUITES = (
    Suite(
        name="rank_places",
        table="evidence.evd_rank_place",
        keys=(*KEYS, "rank_published", "ranked_among", "counter_territory_code", "source_locator"),
        sql="""
        select index_code, edition_year, basis, vintage, territory_code, territory_name_vi, component_code,
            'rank' as measure, counter_territory_code, rank_published, ranked_among, is_a_place,
            source_locator, source_url
        from evidence.evd_rank_place
        order by all
        """,
        rules=(
            Rule(
                rule_code="rank_is_a_place",
                kind="data_fault",
                expectation="in_set",
                arguments={"column": "is_a_place", "value_set": [True]},
                judged=("is_a_place",),
                describe=_place,
            ),
        ),
    ),
    Suite(
        name="rank_order",
        table="evidence.evd_rank_order",
        keys=(*KEYS, "rank", "score", "counter_territory_name_vi", "counter_rank", "counter_score"),
        sql="""
        select index_code, edition_year, basis, vintage, territory_code, territory_name_vi, component_code,
            'rank' as measure, rank, score, rank_best_possible, rank_worst_possible,
            counter_territory_code, counter_territory_name_vi, counter_rank, counter_score,
            source_locator, source_url, is_consistent
        from evidence.evd_rank_order
        order by all
        """,
        rules=(
            Rule(
                rule_code="rank_order_consistent",
                kind="data_fault",
                expectation="in_set",
                arguments={"column": "is_consistent", "value_set": [True]},
                judged=("is_consistent",),
                describe=_rank,
            ),
        ),
    ),
    Suite(
        name="list_order",
        table="evidence.evd_list_position",
        keys=(*KEYS, "list_position", "score", "counter_territory_name_vi", "counter_list_position", "counter_score"),
        sql="""
        select index_code, edition_year, basis, vintage, territory_code, territory_name_vi, component_code,
            'list_position' as measure, rank as list_position, score, rank_best_possible, rank_worst_possible,
            counter_territory_code, counter_territory_name_vi, counter_rank as counter_list_position, counter_score,
            source_locator, source_url, is_consistent
        from evidence.evd_list_position
        order by all
        """,
        rules=(
            Rule(
                rule_code="list_position_consistent",
                kind="data_fault",
                expectation="in_set",
                arguments={"column": "is_consistent", "value_set": [True]},
                judged=("is_consistent",),
                describe=_position,
            ),
        ),
    ),
)
