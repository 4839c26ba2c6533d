// Figures as CSV: UTF-8 with a byte order mark, full precision, decimal points, nothing that a spreadsheet would run.

// the same rule as in open_data/csv_file.py: blanks before a sign, and full-width or small signs, do not disarm it
const FORMULA = /^(?:[\t\r\n]|[\s\p{Z}\p{Cc}\p{Cf}]*[=+\-@＝＋－＠﹦﹢﹣﹫])/u;
const PLAIN_NUMBER = /^[+-]?[0-9]+(?:[.,\u00a0\u202f ][0-9]+)*[\u00a0\u202f ]?%?$/;

function csvCell(value) {
  if (value === null || value === undefined) return "";
  let text = typeof value === "number" ? plain(value) : String(value);
  // a leading apostrophe keeps a spreadsheet from taking text for a formula; plain numbers are left alone
  const isFigure = typeof value === "number" || value instanceof Figure;
  if (!isFigure && FORMULA.test(text) && !PLAIN_NUMBER.test(text)) text = "'" + text;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

const csvText = (columns, rows) =>
  "\ufeff" + [columns, ...rows].map((row) => row.map(csvCell).join(",") + "\r\n").join("");

function csvButton(file, columns, rows, label = say("Tải CSV", "Download CSV")) {
  return el(
    "button",
    {
      type: "button",
      class: "quiet",
      title: say(
        "Số có dấu chấm thập phân; trong Excel dùng Dữ liệu → Từ Văn bản/CSV, đừng nhấp đúp",
        "Decimal points; in Excel use Data → From Text/CSV",
      ),
      onclick: () => {
        const address = URL.createObjectURL(new Blob([csvText(columns, rows)], { type: "text/csv;charset=utf-8" }));
        const link = el("a", { href: address, download: file.replace(/[^\w.-]+/g, "_") + ".csv" });
        document.body.append(link);
        link.click();
        link.remove();
        setTimeout(() => URL.revokeObjectURL(address), 1000);
      },
    },
    label,
  );
}
