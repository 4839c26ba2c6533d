// Figures as CSV: UTF-8 with a byte order mark, full precision, decimal points, nothing that a spreadsheet would run.

const NUMBER = /^-?\d+(\.\d+)?(e[+-]?\d+)?$/i;

function csvCell(value) {
  if (value === null || value === undefined) return "";
  let text = String(value);
  // a leading apostrophe keeps a spreadsheet from taking text for a formula; plain numbers are left alone
  if (/^[=+\-@\t\r]/.test(text) && !NUMBER.test(text)) text = "'" + text;
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
