"""How sure we are that a change is more than noise, in words."""

from quality.numbers_vi import number_vi
from quality.rules import Row


def certainty_vi(row: Row) -> str:
    """One sentence: what the change was measured against, and how many times the noise it is."""
    if row["measure"] == "rank" and row.get("rank_interval_low") is not None:
        low, high = number_vi(row["rank_interval_low"]), number_vi(row["rank_interval_high"])
        return f"Tính cả sai số, thứ hạng kỳ này nằm trong khoảng {low} đến {high} (khoảng 90%)."
    if row["noise_source"] == "printed_precision":
        return "Vượt sai số làm tròn; chưa đủ căn cứ để đánh giá sai số mẫu."
    if row.get("z") is None:
        return "Chưa đủ số liệu của các đơn vị khác để đánh giá mức nhiễu."
    times = number_vi(abs(row["z"]), 1)
    if row["noise_source"] == "published_error":
        return f"Bằng {times} lần sai số chuẩn do nơi công bố in ra."
    side = "kém" if row["z"] < 0 else "hơn"
    return (
        f"So với thay đổi chung của {number_vi(row['peers'])} đơn vị khác: {side} {times} lần độ lệch chuẩn "
        "giữa các đơn vị."
    )


def certainty_en(row: Row) -> str:
    """The same in English."""
    if row["measure"] == "rank" and row.get("rank_interval_low") is not None:
        return f"With its error the rank lies between {row['rank_interval_low']} and {row['rank_interval_high']} (90%)."
    if row["noise_source"] == "printed_precision":
        return "Beyond rounding; nothing to judge the sampling error by."
    if row.get("z") is None:
        return "Too few other units to judge the noise."
    if row["noise_source"] == "published_error":
        return f"{abs(row['z']):.1f} times the standard error that the publisher prints."
    side = "worse" if row["z"] < 0 else "better"
    size = f"{abs(row['z']):.1f} standard deviations between units"
    return f"Against the change of {row['peers']} other units: {side} by {size}."
