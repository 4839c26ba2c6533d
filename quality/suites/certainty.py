"""How sure we are that a change is more than noise, in words."""

from quality.numbers_vi import number_vi
from quality.rules import Row

# a z that would be written as 0,0
AS_THE_OTHERS = 0.05


def certainty_vi(row: Row) -> str:
    """One sentence: what the change was measured against, and how many times the noise it is."""
    if row["measure"] == "rank" and row.get("rank_interval_low") is not None:
        said = f"Tính cả sai số, thứ hạng kỳ này nằm trong khoảng {_span_vi(row, '')}"
        before = f", kỳ trước {_span_vi(row, '_before')}" if row.get("rank_interval_low_before") is not None else ""
        return f"{said}{before} (mức tin cậy 90%)."
    if row["noise_source"] == "printed_precision":
        return "Vượt sai số làm tròn; chưa đủ căn cứ để đánh giá sai số mẫu."
    if row.get("z") is None:
        return "Chưa đủ số liệu của các đơn vị khác để đánh giá mức nhiễu."
    times = number_vi(abs(row["z"]), 1)
    if row["noise_source"] == "published_error":
        less = "Sau khi trừ thay đổi chung của các đơn vị, bằng" if row.get("baseline_change") else "Bằng"
        return f"{less} {times} lần sai số của chênh lệch, tính từ sai số do nơi công bố in ra."
    if abs(row["z"]) < AS_THE_OTHERS:
        return f"Tương đương thay đổi chung của {number_vi(row['peers'])} đơn vị khác."
    side = "kém" if row["z"] < 0 else "hơn"
    return (
        f"So với thay đổi chung của {number_vi(row['peers'])} đơn vị khác: {side} {times} lần độ lệch chuẩn "
        "giữa các đơn vị."
    )


def certainty_en(row: Row) -> str:
    """The same in English."""
    if row["measure"] == "rank" and row.get("rank_interval_low") is not None:
        said = f"With its error the rank lies between {_span_en(row, '')}"
        before = f", that before between {_span_en(row, '_before')}" if row.get("rank_interval_low_before") else ""
        return f"{said}{before} (90%)."
    if row["noise_source"] == "printed_precision":
        return "Beyond rounding; nothing to judge the sampling error by."
    if row.get("z") is None:
        return "Too few other units to judge the noise."
    if row["noise_source"] == "published_error":
        less = "Less the change of the other units, " if row.get("baseline_change") else ""
        return f"{less}{abs(row['z']):.1f} times the error of the difference, by the errors that the publisher prints."
    if abs(row["z"]) < AS_THE_OTHERS:
        return f"As the change of {row['peers']} other units."
    side = "worse" if row["z"] < 0 else "better"
    size = f"{abs(row['z']):.1f} standard deviations between units"
    return f"Against the change of {row['peers']} other units: {side} by {size}."


def _span_vi(row: Row, edition: str) -> str:
    return f"{number_vi(row[f'rank_interval_low{edition}'])} đến {number_vi(row[f'rank_interval_high{edition}'])}"


def _span_en(row: Row, edition: str) -> str:
    return f"{row[f'rank_interval_low{edition}']} and {row[f'rank_interval_high{edition}']}"
