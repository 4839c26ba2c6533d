// Trách nhiệm: what each agency answers for, the targets of the plan, and the deadlines.

// agencies, targets and deadlines all come from the plan
const noPlan = () => empty(say("Tỉnh này chưa có kế hoạch trong kho.", "No plan of this province is held."));

function scorecards() {
  const byAgency = new Map();
  for (const row of chiso.duties.scorecards)
    byAgency.set(row.agency_code, [...(byAgency.get(row.agency_code) ?? []), row]);
  if (!byAgency.size) return [noPlan()];
  const labels = [
    say("Chỉ số", "Index"),
    say("Kỳ", "Edition"),
    say("Đơn vị", "Unit"),
    say("Điểm", "Score"),
    say("Hạng", "Rank"),
    say("So với kỳ trước", "Against the edition before"),
    say("Thành phần tăng / giảm", "Components up / down"),
    say("Nguồn", "Source"),
  ];
  return [...byAgency].map(([agency, rows]) =>
    el(
      "section",
      { class: "card scorecard" },
      el("h3", {}, agencyName(agency)),
      el(
        "p",
        { class: "note" },
        say("Căn cứ: ", "Legal basis: "),
        vietnamese([...new Set(rows.map((row) => row.legal_basis))].join("; ")),
      ),
      table(
        agencyName(agency),
        labels.map((label, at) => ({ label, is_number: at === 3 })),
        rows.map(scorecardRow),
        true,
      ),
    ),
  );
}

function scorecardRow(row) {
  if (row.edition_status !== "published")
    return [
      indexLabel(row.index_code),
      row.is_excluded ? word("load_status", "excluded") : say("chưa có kỳ nào", "no edition"),
      ...["–", null, "–", "–", "–", "–"],
    ];
  const address = firstLink(row.source_url);
  const kind = `${word("source_kind", row.source_kind)}${row.coverage === "partial" ? say(", bảng một phần", ", partial table") : ""}`;
  return [
    el("abbr", { title: indexName(row.index_code) }, indexLabel(row.index_code)),
    el(
      "span",
      {},
      String(row.edition_year),
      row.is_last_good && el("small", { class: "caution" }, word("load_status", "last_good_kept")),
    ),
    unitName(row.territory_code),
    row.score === null ? "–" : number(row.score, decimalsOf(row.score_text)),
    rankOf(row),
    changeOf(row),
    row.components_compared
      ? `${row.components_better} / ${row.components_worse} ${say("trong", "of")} ${row.components_compared}`
      : "–",
    address ? el("a", { href: address, rel: "noreferrer noopener" }, kind) : kind,
  ];
}
const decimalsOf = (text) => {
  const [, decimals] = (text ?? "").match(/[.,](\d+)$/) ?? [];
  return Math.min(decimals?.length ?? 0, 4);
};

function rankOf(row) {
  if (row.rank_published !== null) return `${row.rank_published}${row.ranked_among ? `/${row.ranked_among}` : ""}`;
  if (row.rank_computed !== null)
    return `${row.rank_computed}/${row.ranked_among_computed} ${say("(tự tính)", "(computed)")}`;
  return row.tier ? say(`nhóm ${row.tier}`, `tier ${row.tier}`) : "–";
}

function changeOf(row) {
  if (row.score_change === null && row.rank_change === null) return "–";
  const score =
    row.score_change !== null &&
    `${row.score_change > 0 ? "+" : ""}${number(row.score_change, decimalsOf(row.score_text))} ${say("điểm", "points")}`;
  const rank =
    row.rank_change &&
    (row.rank_change > 0
      ? say(`tụt ${row.rank_change} bậc`, `down ${row.rank_change}`)
      : say(`lên ${-row.rank_change} bậc`, `up ${-row.rank_change}`));
  const said = [score, rank].filter(Boolean).join("; ") || say("giữ nguyên", "unchanged");
  return row.comparable_with_previous === false
    ? el(
        "span",
        {},
        said,
        el(
          "small",
          { class: "caution" },
          say("Không so sánh được", "Not comparable"),
          row.break_reason_vi && [": ", vietnamese(row.break_reason_vi)],
        ),
      )
    : said;
}

function targetRow(target) {
  const unit = word("unit", target.unit);
  const withUnit = (value) => (value === null ? "–" : `${number(value)} ${unit}`);
  const goal =
    target.comparison === "between"
      ? `${number(target.target_low)}–${number(target.target_high)} ${unit}`
      : `≥ ${number(target.target_low)} ${unit}`;
  const share = target.actual_value === null ? null : Math.max(0, Math.min(1, target.actual_value / target.target_low));
  const bar = share === null ? null : el("span", { class: "progress", "aria-hidden": "true" }, el("i", {}));
  if (bar) bar.firstChild.style.width = `${share * 100}%`;
  const address = firstLink(target.actual_source_url);
  return [
    el(
      "span",
      {},
      vietnamese(target.name_vi),
      el("small", {}, target.section ? [say("mục ", "section "), target.section] : vietnamese(target.source)),
    ),
    el("span", { class: "goal" }, goal),
    String(target.reference_year),
    el("span", { class: `tag status-${target.status}` }, word("target_status", target.status)),
    el(
      "span",
      {},
      bar,
      target.actual_value === null ? "–" : withUnit(target.actual_value),
      target.actual_period_label && el("small", {}, ` ${target.actual_period_label} `),
      address && el("a", { href: address, rel: "noreferrer noopener" }, say("nguồn", "source")),
    ),
    withUnit(target.shortfall),
    target.projected_value === null
      ? "–"
      : el(
          "span",
          {},
          withUnit(target.projected_value),
          target.projected_shortfall > 0 &&
            el(
              "small",
              {},
              say(
                ` (còn thiếu ${withUnit(target.projected_shortfall)})`,
                ` (short by ${withUnit(target.projected_shortfall)})`,
              ),
            ),
        ),
    target.forecast_value === null
      ? "–"
      : el("span", {}, withUnit(target.forecast_value), el("small", {}, ` ${target.forecast_period_label}`)),
    el(
      "span",
      {},
      target.lead_agency_code ? agencyName(target.lead_agency_code) : "–",
      target.lead_unit_code && el("small", {}, ` · ${agencyName(target.lead_unit_code)}`),
    ),
    day(target.due_on),
  ];
}

function targets() {
  const labels = [
    say("Chỉ tiêu", "Target"),
    say("Mức cần đạt", "Goal"),
    say("Cho", "For"),
    say("Tình trạng", "Status"),
    say("Kết quả mới nhất", "Latest result"),
    say("Còn thiếu", "Shortfall"),
    say("Dự tính khi đến hạn", "Projected"),
    say("Dự báo (không tính là kết quả)", "Forecast (never a result)"),
    say("Cơ quan", "Agency"),
    say("Hạn", "Due"),
  ];
  const raw = [
    "target_set",
    "target_code",
    "name_vi",
    "unit",
    "comparison",
    "target_low",
    "target_high",
    "reference_year",
    "status",
    "actual_value",
    "actual_period_label",
    "shortfall",
    "projected_value",
    "projected_shortfall",
    "forecast_value",
    "lead_agency_code",
    "due_on",
    "section",
    "source",
  ];
  if (!chiso.duties.targets.length) return [noPlan()];
  return Object.keys(words.target_set).map((set) => {
    const rows = chiso.duties.targets.filter((target) => target.target_set === set);
    const met = rows.filter((target) => target.status === "met").length;
    const judged = rows.filter((target) => target.status !== "no_data").length;
    return (
      rows.length > 0 &&
      el(
        "section",
        {},
        el("h3", {}, word("target_set", set)),
        el(
          "p",
          { class: "note" },
          say(
            `${rows.length} chỉ tiêu: ${met} đạt, ${judged - met} chưa đạt, ${rows.length - judged} chưa có số liệu.`,
            `${rows.length} targets: ${met} met, ${judged - met} not met, ${rows.length - judged} without a figure.`,
          ),
        ),
        table(
          word("target_set", set),
          labels.map((label) => ({ label })),
          rows.map(targetRow),
          true,
        ),
        el(
          "div",
          { class: "under" },
          csvButton(
            set,
            raw,
            rows.map((target) => raw.map((column) => target[column])),
          ),
        ),
      )
    );
  });
}

pages.duties = () => {
  const columns = Object.keys(chiso.duties.scorecards[0] ?? {});
  fill(
    "scorecards",
    scorecards(),
    columns.length > 0 &&
      el(
        "div",
        { class: "under" },
        csvButton(
          say("phieu_theo_doi", "scorecards"),
          columns,
          chiso.duties.scorecards.map((row) => Object.values(row)),
        ),
      ),
  );
  fill("targets", ...targets());
  const labels = [
    say("Nội dung", "What"),
    say("Ai báo cáo", "Who reports"),
    say("Nơi nhận", "Recipient"),
    say("Hạn", "Due"),
    say("Tình trạng", "Status"),
    say("Mục", "Section"),
  ];
  fill(
    "deadlines",
    chiso.duties.deadlines.length
      ? table(
          say("Thời hạn báo cáo", "Reporting deadlines"),
          labels.map((label) => ({ label })),
          chiso.duties.deadlines.map((row) => [
            vietnamese(row.what_vi),
            vietnamese(row.responsible_vi),
            vietnamese(row.recipient_vi ?? "–"),
            row.due_on ? day(row.due_on) : word("recurrence", row.recurrence),
            row.is_past === null ? "–" : row.is_past ? say("đã qua hạn", "past") : say("sắp tới", "to come"),
            vietnamese(row.section),
          ]),
          true,
        )
      : noPlan(),
  );
};
