// Cảnh báo: what was found wrong or worse, by agency and severity.

const SEVERITIES = ["critical", "warn", "info"];
const SEVERITY_COLOURS = { critical: "#9b1c1c", warn: "#b4500b", info: "#5b6875" };
const PAGE = 40;
const NOBODY = "-";

function findingFilters() {
  return {
    kind: state.get("kind"),
    severity: state.get("severity"),
    index: state.get("index"),
    agency: state.get("agency"),
    latest: state.get("latest", "1") === "1",
  };
}

const matches = (filters) => (finding) =>
  (!filters.kind || finding.kind === filters.kind) &&
  (!filters.severity || finding.severity === filters.severity) &&
  (!filters.index || finding.index_code === filters.index) &&
  (!filters.agency || (finding.lead_agency_code ?? NOBODY) === filters.agency) &&
  (!filters.latest || finding.is_latest_edition || finding.is_withheld);

function findingCard(finding) {
  const where = firstLink(finding.source_url);
  return el(
    "li",
    { class: `finding ${finding.severity}` },
    el(
      "p",
      { class: "tags" },
      el("strong", { class: `tag ${finding.severity}` }, word("severity", finding.severity)),
      el("span", { class: "tag" }, word("finding_kind", finding.kind)),
      finding.index_code &&
        el("span", { class: "tag" }, `${indexLabel(finding.index_code)} ${finding.edition_year ?? ""}`),
      finding.is_withheld && el("span", { class: "tag" }, say("đang giữ lại", "withheld")),
      el("span", { class: "who" }, agencyName(finding.lead_agency_code)),
    ),
    el("h3", {}, say(finding.title_vi, finding.title_en)),
    el("p", {}, say(finding.message_vi, finding.message_en)),
    finding.certainty_vi && el("p", { class: "note" }, say(finding.certainty_vi, finding.certainty_en)),
    finding.remedy_vi &&
      el("p", {}, el("strong", {}, say("Việc cần làm: ", "What to do: ")), say(finding.remedy_vi, finding.remedy_en)),
    el(
      "p",
      { class: "source" },
      say("Nguồn: ", "Source: "),
      where ? links(finding.source_url) : say("không ghi", "not recorded"),
      finding.source_locator ? ` · ${finding.source_locator}` : "",
      ` · ${say("mã", "id")} ${finding.finding_id}`,
    ),
  );
}

function findingChart(shown) {
  const codes = [...new Set(shown.map((finding) => finding.lead_agency_code ?? NOBODY))];
  const count = (agency, severity) =>
    shown.filter((finding) => (finding.lead_agency_code ?? NOBODY) === agency && finding.severity === severity).length;
  const total = (agency) => SEVERITIES.reduce((sum, severity) => sum + count(agency, severity), 0);
  codes.sort((a, b) => total(b) - total(a));
  const label = (agency) => agencyName(agency === NOBODY ? null : agency);
  return chart({
    title: say("Số phát hiện theo cơ quan đầu mối và mức độ", "Findings by lead agency and severity"),
    height: codes.length * 38 + 80,
    option: {
      aria: { enabled: true, decal: { show: true } },
      grid: { left: 8, right: 40, top: 8, bottom: 40, containLabel: true },
      legend: { bottom: 0, textStyle: { color: INK } },
      tooltip: {
        trigger: "item",
        confine: true,
        formatter: ({ name, seriesName, value }) => tip(name, `${seriesName}: ${number(value)}`),
      },
      xAxis: { type: "value", minInterval: 1, axisLabel, splitLine: gridLines },
      yAxis: {
        type: "category",
        inverse: true,
        data: codes.map(label),
        axisLabel: { ...axisLabel, color: INK, width: isNarrow() ? 110 : 240, overflow: "break" },
        axisTick: { show: false },
      },
      series: SEVERITIES.map((severity) => ({
        name: word("severity", severity),
        type: "bar",
        stack: "all",
        barMaxWidth: 22,
        itemStyle: { color: SEVERITY_COLOURS[severity] },
        data: codes.map((agency) => count(agency, severity) || null),
      })),
    },
    columns: [
      { label: say("Cơ quan đầu mối", "Lead agency") },
      ...SEVERITIES.map((severity) => ({ label: word("severity", severity), is_number: true })),
    ],
    rows: codes.map((agency) => [label(agency), ...SEVERITIES.map((severity) => count(agency, severity))]),
    sources: el(
      "p",
      {},
      say(
        "Nguồn: các quy tắc kiểm tra của Chiso trên số liệu công bố (reporting.rpt_finding).",
        "Source: Chiso's rules applied to the published figures (reporting.rpt_finding).",
      ),
    ),
    file: say("phat_hien_theo_co_quan", "findings_by_agency"),
  });
}

pages.findings = () => {
  const filters = findingFilters();
  const all = chiso.findings;
  const again = (changes) => {
    state.set({ ...changes, shown: "" });
    pages.findings();
  };
  const any = [["", say("Tất cả", "All")]];
  picker(
    "kind",
    [...any, ...Object.keys(words.finding_kind).map((kind) => [kind, word("finding_kind", kind)])],
    filters.kind,
    (kind) => again({ kind }),
  );
  picker(
    "severity",
    [...any, ...SEVERITIES.map((severity) => [severity, word("severity", severity)])],
    filters.severity,
    (severity) => again({ severity }),
  );
  const indices = [...new Set(all.map((finding) => finding.index_code))].filter(Boolean).sort();
  picker("index", [...any, ...indices.map((code) => [code, indexLabel(code)])], filters.index, (index) =>
    again({ index }),
  );
  const agencies = [...new Set(all.map((finding) => finding.lead_agency_code ?? NOBODY))];
  picker(
    "agency",
    [...any, ...agencies.map((code) => [code, agencyName(code === NOBODY ? null : code)])],
    filters.agency,
    (agency) => again({ agency }),
  );
  place("latest").checked = filters.latest;
  place("latest").onchange = () => again({ latest: place("latest").checked ? "" : "0" });
  const shown = all.filter(matches(filters));
  const limit = Number(state.get("shown")) || PAGE;
  fill(
    "count",
    say(
      `${number(shown.length)} phát hiện trong tổng số ${number(all.length)}.`,
      `${number(shown.length)} of ${number(all.length)} findings.`,
    ),
  );
  const columns = [
    "finding_id",
    "kind",
    "severity",
    "index_code",
    "edition_year",
    "subject_vi",
    "lead_agency_code",
    "expected",
    "observed",
    "message_vi",
    "message_en",
    "remedy_vi",
    "remedy_en",
    "source_url",
    "source_locator",
  ];
  fill("chart", shown.length ? findingChart(shown) : null);
  fill(
    "list",
    shown.length
      ? el(
          "div",
          { class: "under" },
          csvButton(
            say("phat_hien", "findings"),
            columns,
            shown.map((finding) => columns.map((column) => finding[column])),
            say("Tải danh sách CSV", "Download the list as CSV"),
          ),
        )
      : empty(
          say(
            "Không có phát hiện nào với bộ lọc này. Bỏ chọn “Chỉ kỳ mới nhất” để xem các kỳ trước.",
            "No finding with these filters. Clear “Latest edition only” to see earlier editions.",
          ),
        ),
    el("ol", { class: "findings" }, shown.slice(0, limit).map(findingCard)),
    shown.length > limit &&
      el(
        "button",
        {
          type: "button",
          class: "more",
          onclick: () => {
            state.set({ shown: limit + PAGE });
            pages.findings();
          },
        },
        say(`Hiện thêm (còn ${number(shown.length - limit)})`, `Show more (${number(shown.length - limit)} left)`),
      ),
  );
  forget();
};
