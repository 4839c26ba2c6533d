// The charts of So sánh: parts in one edition, one component over the editions, all units in one edition.

const scaleOf = (component) => `${component.scale_min}–${component.scale_max}`;

function compareBars(series, code, choice) {
  const parts = choice.components.filter((component) => component.parent === choice.component.code);
  const shown = parts.length ? parts : [choice.component];
  const named_ = shown.filter((component) => cellOf(series, choice.list, component.code, choice.year));
  // only parts on one scale stand in one picture
  const scale = mostCommon(named_.map(scaleOf));
  const onScale = named_.filter((component) => scaleOf(component) === scale);
  const lineOf = new Map(onScale.map((component) => [component.code, compareLines(series, choice, component.code)]));
  const hasFigure = (component) =>
    lineOf
      .get(component.code)
      .some((line) => line.points.some((point) => point.year === choice.year && point.value !== null));
  const drawnParts = onScale.filter(hasFigure);
  const who = compareLines(series, choice, choice.component.code).concat(...lineOf.values());
  const codes = [...new Map(who.map((line) => [line.code, line])).values()];
  const pointAt = (component, line) =>
    lineOf
      .get(component)
      .find((one) => one.code === line.code)
      ?.points.find((point) => point.year === choice.year && point.value !== null) ?? null;
  const bars = codes.filter((line) => drawnParts.some((component) => pointAt(component.code, line)));
  const points = bars.flatMap((line) => drawnParts.map((component) => pointAt(component.code, line))).filter(Boolean);
  const columns = [
    { label: say("Thành phần", "Component") },
    ...bars.map((line) => ({ label: line.name, is_number: true })),
  ];
  return chart({
    title: `${indexLabel(code)} ${choice.year}: ${parts.length ? say("các thành phần của", "parts of") : ""} ${named(choice.component)}`,
    note: el(
      "p",
      { class: "note" },
      `${listName(choice.list)}.`,
      drawnParts.length > 0 && ` ${say("Thang", "Scale")} ${scale.replace("null–null", say("không rõ", "unknown"))}.`,
      points.some((point) => point.isBackcast) && [
        " ",
        el(
          "strong",
          {},
          say("Số có dấu ≈ là bình quân tỉnh cũ, không phải số công bố.", "Figures with ≈ are back-casts, not published."),
        ),
      ],
    ),
    height: Math.max(160, drawnParts.length * (bars.length * 17 + 14) + 70),
    option: drawnParts.length > 0 && {
      aria: { enabled: true, decal: { show: true } },
      grid: { left: 8, right: 60, top: 8, bottom: 44, containLabel: true },
      legend: { bottom: 0, type: "scroll", itemWidth: 18, itemHeight: 12, textStyle: { color: INK } },
      tooltip: {
        trigger: "item",
        confine: true,
        formatter: ({ data, seriesName, name }) =>
          data.point &&
          tip(
            name,
            `${seriesName}: ${data.point.isBackcast ? "≈ " : ""}${number(data.point.value, data.point.decimals)}`,
            data.point.count
              ? say(`trung vị tự tính của ${data.point.count} đơn vị`, `our median of ${data.point.count} units`)
              : methodName(data.point),
            !data.point.count && data.point.rank !== null && `${say("Hạng", "Rank")}: ${rankText(data.point)}`,
          ),
      },
      xAxis: {
        type: "value",
        max: drawnParts[0]?.scale_max ?? undefined,
        splitNumber: isNarrow() ? 3 : 5,
        axisLabel: { ...axisLabel, formatter: (value) => number(value) },
        splitLine: gridLines,
      },
      yAxis: {
        type: "category",
        inverse: true,
        data: drawnParts.map(named),
        axisLabel: { ...axisLabel, color: INK, width: isNarrow() ? 105 : 220, lineHeight: 14, overflow: "break" },
        axisTick: { show: false },
      },
      series: bars.map((line) => ({
        name: line.name,
        type: "bar",
        barGap: "10%",
        barCategoryGap: "24%",
        itemStyle: { color: COLOURS[line.look] },
        label: {
          show: true,
          position: "right",
          fontSize: 11,
          color: INK,
          formatter: ({ data }) =>
            data.point ? `${data.point.isBackcast ? "≈ " : ""}${number(data.point.value, data.point.decimals)}` : "",
        },
        data: drawnParts.map((component) => {
          const point = pointAt(component.code, line);
          return { value: point?.value ?? null, point };
        }),
      })),
    },
    after: [
      leftOut(
        say("Không có điểm của các đơn vị đã chọn: ", "Without a score of the units chosen: "),
        choice.unit || choice.peers.length ? onScale.filter((component) => !hasFigure(component)) : [],
      ),
      leftOut(
        say("Không vẽ, vì khác thang: ", "Not drawn, on another scale: "),
        named_.filter((component) => !onScale.includes(component)),
      ),
    ],
    columns,
    rows: drawnParts.map((component) => [
      named(component),
      ...bars.map((line) => figureOf(pointAt(component.code, line))),
    ]),
    sources: sourceLine(
      code,
      series.editions.filter(
        (edition) =>
          edition.year === choice.year &&
          named_.some((component) => cellOf(series, choice.list, component.code, choice.year).basis === edition.basis),
      ),
    ),
    file: `${code}_${choice.year}_${say("thanh_phan", "components")}`,
  });
}
const leftOut = (why, components) =>
  components.length > 0 && el("p", { class: "note" }, why, components.map(named).join("; "), ".");
const mostCommon = (values) =>
  values.sort((a, b) => values.filter((one) => one === b).length - values.filter((one) => one === a).length)[0] ?? "–";

const RANK_TITLE = () => say("thứ hạng (1 là tốt nhất)", "rank (1 is best)");

// how the score of a point of a line came to be, or what stands for it
function scoreMethod(point) {
  if (point.count) return say(`trung vị tự tính, ${point.count} đơn vị`, `our median, ${point.count} units`);
  return point.value === null ? say(`chỉ có ${placeText(point)}`, `${placeText(point)} only`) : methodName(point);
}

function compareTrend(series, code, choice) {
  const lines = compareLines(series, choice, choice.component.code);
  const knows = (of, key) => of.some((line) => line.points.some((point) => point[key] !== null));
  const chosen = lines.filter((line) => line.code === choice.unit);
  const decides = knows(chosen, "value") || knows(chosen, "rank") ? chosen : lines;
  const isRank = !knows(decides, "value") && knows(decides, "rank");
  const measure = isRank ? "rank" : "value";
  const units = lines.filter((line) => line.code !== REGION && line.code !== COUNTRY);
  const own = units.flatMap((line) => line.points);
  const shown = isRank ? units : lines; // a median has no rank
  const years = [...new Set(shown.flatMap((line) => line.points.map((point) => point.year)))].sort((a, b) => a - b);
  return chart({
    title: `${indexLabel(code)}: ${named(choice.component)} ${say("qua các kỳ", "over the editions")}${isRank ? `, ${RANK_TITLE()}` : ""}`,
    note: el(
      "p",
      { class: "note" },
      `${listName(choice.list)}. `,
      lines.some((line) => line.points.some((point) => point.isBackcast)) &&
        say("Điểm rỗng và nét đứt là bình quân tỉnh cũ. ", "Hollow points and dashes are back-casts. "),
      say(
        "Đường bị cắt ở chỗ đổi cách tính: hai bên không so với nhau.",
        "A line is cut where the method changes: the two sides do not compare.",
      ),
    ),
    height: 340,
    option: trend(lines, measure),
    after: [scaleNote(lines, measure), breakNotes(own)],
    columns: [
      { label: say("Kỳ", "Edition") },
      ...shown.flatMap((line) =>
        isRank
          ? [
              { label: `${line.name}: ${say("hạng", "rank")}`, is_number: true },
              { label: `${line.name}: ${say("trên", "of")}`, is_number: true },
              { label: `${line.name}: ${say("hạng do", "rank is")}` },
            ]
          : [{ label: line.name, is_number: true }, { label: `${line.name}: ${say("cách có số liệu", "method")}` }],
      ),
    ],
    rows: years.map((year) => [
      String(year),
      ...shown.flatMap((line) => {
        const point = line.points.find((one) => one.year === year);
        if (isRank) return [point?.rank ?? null, point?.among ?? null, point ? rankMethod(point) : null];
        return [figureOf(point), point ? scoreMethod(point) : null];
      }),
    ]),
    sources: sourceLine(code, editionsOf(series, own)),
    file: `${code}_${choice.component.code}_${isRank ? say("thu_hang", "rank") : say("xu_huong", "trend")}`,
  });
}

function compareRanking(series, code, choice) {
  const better = indexOf.get(code).higher_is_better !== false;
  const all = choice.units
    .map((unit) => pointOf(series, choice.list, choice.component.code, choice.year, unit))
    .filter(Boolean);
  const known = all.filter((point) => point.value !== null).sort((a, b) => order(b, better) - order(a, better));
  const placed = all.filter((point) => point.value === null).sort((a, b) => (a.rank ?? Infinity) - (b.rank ?? Infinity));
  const without =
    membersOf(series, choice.list, choice.component.code, choice.year).length - known.length - placed.length;
  const isRank = known.length === 0;
  const inOrder = isRank ? placed.filter((point) => point.rank !== null) : known;
  const notDrawn = placed.filter((point) => !inOrder.includes(point));
  const hasTiers = all.some((point) => point.tier);
  const chosen = [choice.unit, ...choice.peers];
  const colour = (point) =>
    chosen.includes(point.unit) ? COLOURS[Math.min(chosen.indexOf(point.unit), 3)] : "#aab6c2";
  return chart({
    title: `${indexLabel(code)} ${choice.year}: ${named(choice.component)}, ${inOrder.length && isRank ? RANK_TITLE() : say("mọi đơn vị có số liệu", "all units with a figure")}`,
    note: el(
      "p",
      { class: "note" },
      say(
        `${known.length} đơn vị có điểm trong danh sách ${choice.list}`,
        `${known.length} units with a score on the list of ${choice.list}`,
      ),
      placed.length > 0 &&
        say(`; ${placed.length} đơn vị chỉ có hạng hoặc nhóm`, `; ${placed.length} with a rank or tier only`),
      without > 0 &&
        say(
          `; ${without} đơn vị không có số liệu: không xếp chỗ cho các đơn vị đó`,
          `; ${without} units without one: they have no place`,
        ),
      ".",
    ),
    height: inOrder.length * 21 + 50,
    option: inOrder.length > 0 && {
      grid: { left: 8, right: isNarrow() ? 84 : 130, top: 8, bottom: 8, containLabel: true },
      tooltip: {
        trigger: "item",
        confine: true,
        formatter: ({ data }) =>
          tip(
            unitName(data.point.unit),
            data.point.value !== null &&
              `${number(data.point.value, data.point.decimals)} (${methodName(data.point)})`,
            data.point.rank !== null && `${say("Hạng", "Rank")}: ${rankText(data.point)}`,
          ),
      },
      xAxis: {
        type: "value",
        scale: true,
        inverse: isRank,
        min: isRank ? 1 : undefined,
        minInterval: isRank ? 1 : undefined,
        axisLabel: { ...axisLabel, show: !isNarrow(), formatter: (value) => number(value) },
        splitLine: gridLines,
      },
      yAxis: {
        type: "category",
        inverse: true,
        data: inOrder.map((point) => unitName(point.unit)),
        axisLabel: { ...axisLabel, color: INK, interval: 0, width: isNarrow() ? 110 : 200, overflow: "truncate" },
        axisTick: { show: false },
      },
      series: [
        {
          type: "scatter",
          symbolSize: 11,
          data: inOrder.map((point, at) => ({
            value: [isRank ? point.rank : point.value, at],
            point,
            symbol: point.isBackcast ? "emptyCircle" : "circle",
            itemStyle: { color: colour(point) },
          })),
          label: {
            show: true,
            position: "right",
            fontSize: 11,
            color: INK,
            formatter: ({ data: { point } }) =>
              [
                point.value !== null && `${point.isBackcast ? "≈ " : ""}${number(point.value, point.decimals)}`,
                point.rank !== null && rankText(point),
              ]
                .filter(Boolean)
                .join("  ·  "),
          },
        },
      ],
    },
    columns: [
      { label: say("Đơn vị", "Unit") },
      { label: say("Điểm", "Score"), is_number: true },
      { label: say("Hạng", "Rank") },
      { label: say("Trên", "Of") },
      { label: say("Hạng do", "Rank is") },
      ...(hasTiers ? [{ label: say("Nhóm", "Tier") }] : []),
      { label: say("Cách có số liệu", "Method") },
    ],
    rows: [...known, ...placed].map((point) => [
      unitName(point.unit),
      figureOf(point),
      point.rank,
      point.rank === null ? null : point.among,
      rankMethod(point),
      ...(hasTiers ? [point.tier] : []),
      methodName(point),
    ]),
    after:
      notDrawn.length > 0 &&
      el(
        "p",
        { class: "note" },
        say("Không có điểm, chỉ có: ", "No score, only: "),
        notDrawn.map((point) => `${unitName(point.unit)} ${placeText(point)}`).join("; "),
        ".",
      ),
    sources: sourceLine(code, editionsOf(series, all)),
    file: `${code}_${choice.component.code}_${choice.year}_${choice.list}`,
  });
}
