// Nguồn: which editions are held, where they come from, what is late, and how the figures may be used.

// editions of which the newest figures are not used: class and sign, the gravest first
const KEPT = {
  withheld: ["withheld", "⊘"],
  stopped: ["withheld", "⊗"],
  last_good_kept: ["last-good", "◆"],
  excluded: ["out", "×"],
};
const isUsed = (edition) => edition.load_status === "loaded" || edition.load_status === "last_good_kept";

function coverageMatrix() {
  const { editions, calendar } = chiso.sources;
  const years = editions
    .map((edition) => edition.edition_year)
    .concat(calendar.map((row) => row.edition_year).filter(Boolean));
  const first = Math.min(...years);
  const all = Array.from({ length: Math.max(...years) - first + 1 }, (_, at) => first + at);
  const signOf = (code, year) => {
    const known = editions.filter((edition) => edition.index_code === code && edition.edition_year === year);
    const kept = Object.keys(KEPT).find((one) => known.some((edition) => edition.load_status === one));
    if (kept) return [...KEPT[kept], word("load_status", kept)];
    if (known.length)
      return known.some((edition) => edition.coverage === "complete")
        ? ["full", "●", word("coverage", "complete")]
        : ["part", "◐", word("coverage", "partial")];
    const status = calendar.find((row) => row.index_code === code && row.edition_year === year)?.status;
    const signs = { published_not_held: ["gap", "○"], overdue: ["late", "!"], expected: ["next", "…"] };
    return signs[status] ? [...signs[status], word("calendar", status)] : ["", "", ""];
  };
  return el(
    "div",
    { class: "scroll", tabindex: "0", role: "group", "aria-label": say("Các kỳ đang có", "Editions held") },
    el(
      "table",
      { class: "matrix" },
      el(
        "caption",
        {},
        say(
          "● đầy đủ   ◐ một phần   ○ đã công bố, chưa có trong kho   ! quá hạn dự kiến   … dự kiến",
          "● complete   ◐ partial   ○ published, not held   ! overdue   … expected",
        ),
        Object.entries(KEPT)
          .filter(([status]) => editions.some((edition) => edition.load_status === status))
          .map(([status, [, sign]]) => `   ${sign} ${word("load_status", status)}`),
      ),
      el(
        "thead",
        {},
        el(
          "tr",
          {},
          el("th", { scope: "col" }, say("Chỉ số", "Index")),
          all.map((year) => el("th", { scope: "col" }, String(year))),
        ),
      ),
      el(
        "tbody",
        {},
        frame.indices.map((index) =>
          el(
            "tr",
            {},
            el("th", { scope: "row" }, indexLabel(index.index_code)),
            all.map((year) => {
              const [kind, sign, label] = signOf(index.index_code, year);
              return el(
                "td",
                { class: kind, title: label && `${indexLabel(index.index_code)} ${year}: ${label}` },
                sign && el("span", { "aria-hidden": "true" }, sign),
                label && el("span", { class: "unseen" }, label),
              );
            }),
          ),
        ),
      ),
    ),
  );
}

function editionCard(edition) {
  const sources = chiso.sources.sources.filter((source) =>
    ["index_code", "edition_year", "basis", "vintage"].every((key) => source[key] === edition[key]),
  );
  const published = edition.published_on
    ? ({
        day: day(edition.published_on),
        month: edition.published_on.slice(0, 7).split("-").reverse().join("/"),
        year: edition.published_on.slice(0, 4),
      }[edition.published_on_precision] ?? say("chưa rõ ngày", "day unknown"))
    : say("chưa rõ ngày", "day unknown");
  return [
    `${indexLabel(edition.index_code)} ${edition.edition_year}`,
    edition.basis === "VN" ? say("cả nước", "country") : say(`${edition.basis} tỉnh`, `${edition.basis} provinces`),
    el("span", { class: `tag ${edition.coverage}` }, word("coverage", edition.coverage)),
    isUsed(edition) ? edition.territories_published : null,
    isUsed(edition) ? edition.cells_loaded : null,
    published,
    [word("load_status", edition.load_status), say(edition.withheld_reason_vi, edition.withheld_reason_en)]
      .filter(Boolean)
      .join(": "),
    el(
      "details",
      { class: "on-paper" },
      el(
        "summary",
        {},
        [...new Set(sources.map((source) => word("source_kind", source.source_kind)))].join(", "),
        ` (${sources.length})`,
      ),
      el(
        "ul",
        { class: "sources" },
        sources.map((source) =>
          el(
            "li",
            {},
            el("span", { lang: "und" }, source.title ?? ""),
            " ",
            links(source.source_url),
            el("code", {}, `${source.source_file} · SHA-256 ${source.source_sha256}`),
          ),
        ),
      ),
    ),
  ];
}

// a publication that is here and not used is neither missing nor to come
const isKeptOut = (row) =>
  chiso.sources.editions.some(
    (edition) => !isUsed(edition) && edition.index_code === row.index_code && edition.edition_year === row.edition_year,
  );

function calendarTable() {
  const rows = chiso.sources.calendar
    .filter((row) => row.status !== "held" && !isKeptOut(row))
    .sort(
      (a, b) =>
        (b.days_overdue ?? 0) - (a.days_overdue ?? 0) || (a.expected_by ?? "9").localeCompare(b.expected_by ?? "9"),
    );
  const hasAgencies = rows.some((row) => "lead_agency_code" in row);
  const labels = [
    say("Chỉ số", "Index"),
    say("Kỳ", "Edition"),
    say("Tình trạng", "Status"),
    say("Thường có vào", "Usually by"),
    say("Chậm nhất", "Expected by"),
    say("Quá hạn (ngày)", "Overdue (days)"),
    ...(hasAgencies ? [say("Cơ quan đầu mối", "Lead agency")] : []),
  ];
  return rows.length
    ? table(
        say("Kỳ còn thiếu hoặc sắp có", "Editions missing or to come"),
        labels.map((label, at) => ({ label, is_number: at === 5 })),
        rows.map((row) => [
          indexLabel(row.index_code),
          row.edition_label ?? say("kỳ tới", "next"),
          el("span", { class: `tag ${row.status}` }, word("calendar", row.status)),
          day(row.usual_by),
          day(row.expected_by),
          row.days_overdue,
          ...(hasAgencies ? [row.lead_agency_code ? agencyName(row.lead_agency_code) : "–"] : []),
        ]),
        true,
      )
    : empty(say("Không có kỳ nào còn thiếu.", "Nothing is missing."));
}

pages.sources = () => {
  const codes = [...new Set(chiso.sources.editions.map((edition) => edition.index_code))];
  const chosen = codes.includes(state.get("index")) ? state.get("index") : "";
  picker("index", [["", say("Tất cả", "All")], ...codes.map((code) => [code, indexLabel(code)])], chosen, (index) => {
    state.set({ index });
    pages.sources();
  });
  const shown = chiso.sources.editions.filter((edition) => !chosen || edition.index_code === chosen);
  const labels = [
    say("Kỳ", "Edition"),
    say("Danh sách", "List"),
    say("Mức đầy đủ", "Coverage"),
    say("Số đơn vị", "Units"),
    say("Số ô", "Cells"),
    say("Công bố", "Published"),
    say("Tình trạng", "Status"),
    say("Nguồn", "Sources"),
  ];
  const raw = [
    "index_code",
    "edition_year",
    "basis",
    "vintage",
    "coverage",
    "load_status",
    "territories_published",
    "cells_loaded",
    "published_on",
    "published_on_precision",
    "publisher",
    "source_kind",
    "source_url",
    "source_file",
    "source_sha256",
  ];
  fill("matrix", chiso.sources.editions.length ? coverageMatrix() : empty(say("Chưa có kỳ nào.", "No edition yet.")));
  fill("calendar", calendarTable());
  fill(
    "editions",
    table(
      say("Các kỳ trong kho", "Editions held"),
      labels.map((label, at) => ({ label, is_number: at === 3 || at === 4 })),
      shown.map(editionCard),
      true,
    ),
    el(
      "div",
      { class: "under" },
      csvButton(
        say("cac_ky", "editions"),
        raw,
        shown.map((edition) => raw.map((column) => edition[column])),
      ),
    ),
  );
  fill(
    "terms",
    el(
      "dl",
      { class: "terms" },
      frame.indices.map((index) => [
        el("dt", {}, `${indexLabel(index.index_code)} – ${named(index)}`),
        el(
          "dd",
          {},
          vietnamese(index.publisher),
          ". ",
          say("Trích dẫn: ", "Cite as: "),
          vietnamese(index.citation),
          ". ",
          say("Điều kiện: ", "Terms: "),
          el("span", { lang: "en" }, index.terms),
        ),
      ]),
    ),
  );
};
