// Tổng quan: a small trend for each index, and the tile grid of the provinces. The key table is in the page already.

const indexLines = (code, component = "total") => {
  const series = chiso.totals[code];
  const home = frame.units.find((unit) => unit.code === frame.home);
  if (series.lists.VN) return [{ name: unitName("VN"), points: pointsOf(series, "VN", component, "VN"), look: 0 }];
  const former = frame.units.filter((unit) => unit.successor === home.code && unit.was_on_63);
  return [
    { name: unitName(home.code), points: pointsOf(series, "34", component, home.code), look: 0 },
    ...former.map((unit, at) => ({
      name: unitName(unit.code),
      points: pointsOf(series, "63", component, unit.code),
      look: at + 1,
      isThin: true,
    })),
  ].filter((line) => line.points.length);
};

function smallTrend(index) {
  const code = index.index_code;
  const lines = indexLines(code);
  const points = lines.flatMap((line) => line.points);
  if (!points.length) return null;
  const measure = points.filter((point) => point.value !== null).length * 2 >= points.length ? "value" : "rank";
  const columns = [
    say("Đơn vị", "Unit"),
    say("Kỳ", "Edition"),
    say("Danh sách", "List"),
    say("Điểm", "Score"),
    say("Hạng", "Rank"),
    say("Trên", "Of"),
    say("Nhóm", "Tier"),
    say("Cách có số liệu", "Method"),
    say("Không so với kỳ trước vì", "Not comparable because"),
  ].map((label, at) => ({ label, is_number: at === 3 }));
  const hasBackcast = points.some((point) => point.isBackcast);
  return chart({
    title: `${indexLabel(code)} · ${measure === "rank" ? say("thứ hạng (1 là tốt nhất)", "rank (1 is best)") : say("điểm", "score")}`,
    note: el(
      "p",
      { class: "note" },
      named(index),
      lines.length > 1 || hasBackcast ? [". ", legendOf(lines, hasBackcast)] : "",
    ),
    height: 190,
    option: trend(lines, measure, { isSmall: true }),
    after: [scaleNote(lines, measure), breakNotes(points)],
    columns,
    rows: lines.flatMap((line) =>
      line.points.map((point) => [
        line.name,
        String(point.year),
        point.isBackcast ? say("quy về 34", "brought to 34") : point.basis,
        figureOf(point),
        point.rank === null ? null : `${point.rank}${point.isRankComputed ? say(" (tự tính)", " (computed)") : ""}`,
        point.among,
        point.tier,
        methodName(point),
        point.breaks ? point.why : null,
      ]),
    ),
    sources: sourceLine(code, editionsOf(chiso.totals[code], points)),
    file: `${code}_${say("xu_huong", "trend")}`,
  });
}

function legendOf(lines, hasBackcast) {
  const marks = "●■▲◆";
  return [
    ...lines.map((line) => el("span", { class: `line-name look${line.look}` }, `${marks[line.look]} ${line.name}`)),
    hasBackcast &&
      el(
        "span",
        { class: "line-name" },
        say("○ nét đứt: bình quân tỉnh cũ, không phải số công bố", "○ dashed: back-cast, not published"),
      ),
  ].filter(Boolean);
}

const STEPS = 5;

function tileChoice() {
  const withMap = frame.indices.filter((index) => chiso.totals[index.index_code].lists["34"]);
  const scored = (code) =>
    yearsOf(chiso.totals[code], "34", "total").filter((year) =>
      cellOf(chiso.totals[code], "34", "total", year).v.some((value) => value !== null),
    );
  const offered = withMap.filter((index) => scored(index.index_code).length);
  // the edition that shows most: most units with a published figure, then the newest
  const shown = offered
    .map((index) => index.index_code)
    .sort((a, b) => reach(b, scored(b).at(-1)) - reach(a, scored(a).at(-1)));
  const code = offered.some((index) => index.index_code === state.get("index")) ? state.get("index") : shown[0];
  const years = scored(code);
  const year = years.includes(Number(state.get("year"))) ? Number(state.get("year")) : years.at(-1);
  return { offered, code, years, year };
}
const reach = (code, year) => {
  const cell = cellOf(chiso.totals[code], "34", "total", year);
  return cell.v.filter((value) => value !== null).length * 10000 + year;
};

// what is said of a unit without a figure among the 34: it may have a rank among the 63, which has no place here
function lackText(series, year, unit) {
  const older = pointOf(series, "63", "total", year, unit);
  return older && older.value === null && older.rank !== null
    ? say(`không có điểm, chỉ có ${placeText(older)}`, `no score, ${placeText(older)} only`)
    : say("không có số liệu", "no figure");
}

function tileMap() {
  if (!frame.indices.some((index) => chiso.totals[index.index_code].lists["34"]))
    return fill("map", empty(say("Chưa có chỉ số cấp tỉnh nào.", "No provincial index yet.")));
  const { offered, code, years, year } = tileChoice();
  picker(
    "map-index",
    offered.map((index) => [index.index_code, `${indexLabel(index.index_code)} – ${named(index)}`]),
    code,
    (value) => {
      state.set({ index: value, year: "" });
      tileMap();
    },
  );
  picker(
    "map-year",
    [...years].reverse().map((one) => [String(one), String(one)]),
    String(year),
    (value) => {
      state.set({ year: value });
      tileMap();
    },
  );
  const series = chiso.totals[code];
  const points = new Map(listOf(series, "34").units.map((unit) => [unit, pointOf(series, "34", "total", year, unit)]));
  const known = [...points.values()].filter((point) => point && point.value !== null);
  const placed = [...points.values()].filter((point) => point && point.value === null);
  const sorted = known.map((point) => point.value).sort((a, b) => a - b);
  const better = indexOf.get(code).higher_is_better !== false;
  // fifths of the units that have a figure; 5 is the best fifth
  const stepOf = (value) => {
    const below = sorted.filter((one) => (better ? one < value : one > value)).length;
    return Math.min(STEPS, Math.floor((below / sorted.length) * STEPS) + 1);
  };
  const tiles = chiso.tiles.map((tile) => {
    const point = points.get(tile.code);
    const has = point && point.value !== null;
    const text = tile.note
      ? ""
      : has
        ? (point.isBackcast ? "≈ " : "") + number(point.value, point.decimals)
        : point
          ? placeText(point)
          : say("thiếu", "none");
    const name = tile.note ? say(tile.note_vi, tile.note_en) : named(unitOf.get(tile.code));
    const told = has
      ? `${number(point.value, point.decimals)} (${methodName(point)})${point.rank === null ? "" : `, ${placeText(point)}`}`
      : point
        ? say(`chỉ có ${placeText(point)}`, `${placeText(point)} only`)
        : lackText(series, year, tile.code);
    const label = tile.note ? name : `${name}: ${told}`;
    const made = el(
      "button",
      {
        type: "button",
        class: `tile ${tile.note ? "islands" : has ? `step${stepOf(point.value)}` : point ? "placed" : "missing"} ${has && point.isBackcast && !tile.note ? "backcast" : ""} ${tile.code === frame.home && !tile.note ? "home" : ""}`,
        "aria-label": label,
        title: label,
        onclick: () => place("map-told").replaceChildren(label),
        onfocus: () => place("map-told").replaceChildren(label),
        onmouseenter: () => place("map-told").replaceChildren(label),
      },
      el("span", { class: "name" }, name),
      el("span", { class: "value" }, text),
    );
    made.style.gridRow = tile.row;
    made.style.gridColumn = tile.note ? `${tile.column} / span 2` : String(tile.column);
    return made;
  });
  fill(
    "map",
    el(
      "div",
      {
        class: "tiles",
        role: "group",
        "aria-label": say("Bản đồ ô của 34 tỉnh, thành", "Tile grid of the 34 provinces"),
      },
      tiles,
    ),
  );
  const ofToday = frame.units.filter((unit) => unit.is_of_today).map((unit) => unit.code);
  const missing = ofToday.length - known.length - placed.length;
  const edition = editionsOf(series, known);
  const backcasts = known.filter((point) => point.isBackcast).length;
  fill(
    "map-legend",
    el(
      "span",
      { class: "swatches" },
      say("kém hơn ", "worse "),
      [1, 2, 3, 4, 5].map((step) => el("i", { class: `swatch step${step}` })),
      say(
        " tốt hơn (mỗi màu một phần năm số đơn vị có số liệu)",
        " better (each colour a fifth of the units with a figure)",
      ),
    ),
    placed.length > 0 &&
      el(
        "span",
        {},
        el("i", { class: "swatch placed" }),
        say(` chỉ có hạng hoặc nhóm: ${placed.length} đơn vị`, ` rank or tier only: ${placed.length} units`),
      ),
    missing > 0 &&
      el(
        "span",
        {},
        el("i", { class: "swatch missing" }),
        say(` không có số liệu: ${missing} đơn vị`, ` no figure: ${missing} units`),
      ),
    backcasts > 0 &&
      el(
        "span",
        {},
        el("i", { class: "swatch backcast" }),
        say(
          ` ≈ bình quân tỉnh cũ, không phải số công bố: ${backcasts} đơn vị`,
          ` ≈ back-cast from the former provinces, not published: ${backcasts} units`,
        ),
      ),
    el("span", {}, el("i", { class: "swatch home" }), ` ${unitName(frame.home)}`),
  );
  known.sort((a, b) => order(b, better) - order(a, better));
  placed.sort((a, b) => (a.rank ?? Infinity) - (b.rank ?? Infinity));
  const rows = [...new Set([...known, ...placed].map((point) => point.unit).concat(ofToday))]
    .map((unit) => [unit, points.get(unit)])
    .map(([unit, point]) => [
      unitName(unit),
      figureOf(point),
      point ? rankText(point) : "–",
      point ? methodName(point) : lackText(series, year, unit),
    ]);
  const title = `${indexLabel(code)} ${year}: ${say("34 tỉnh, thành", "34 provinces")}`;
  const labels = [
    say("Tỉnh, thành", "Province"),
    say("Điểm", "Score"),
    say("Hạng", "Rank"),
    say("Cách có số liệu", "Method"),
  ];
  fill(
    "map-table",
    table(
      title,
      labels.map((label, at) => ({ label, is_number: at === 1 })),
      rows,
    ),
    el("div", { class: "under" }, csvButton(`${code}_${year}_34`, labels, rows)),
    el("div", { class: "source" }, sourceLine(code, edition)),
  );
}
const order = (point, better) => (better ? point.value : -point.value);

pages.overview = () => {
  const trends = frame.indices.map(smallTrend).filter(Boolean);
  fill("trends", trends.length ? trends : empty(say("Chưa có số liệu để vẽ.", "No figures to draw.")));
  tileMap();
};
