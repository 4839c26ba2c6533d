// Reading the packed figures (what a cell holds is said in series.py), and what is computed from them here: medians.

// a median of a few units is none of the country: at least this share of the list must have a figure
const MEDIAN_SHARE = 0.9;

const listOf = (series, list) => series.lists[list] ?? { units: [], cells: {} };
const yearsOf = (series, list, component) =>
  Object.keys(listOf(series, list).cells[component] ?? {})
    .map(Number)
    .sort((a, b) => a - b);
const cellOf = (series, list, component, year) => listOf(series, list).cells[component]?.[year];

// all units of a list in an edition, with a figure or not; one that was gone by then is a member only if it has a figure
const membersOf = (series, list, component, year) =>
  frame.units
    .filter(
      (unit) =>
        (list === "34" ? unit.is_of_today : unit.was_on_63) &&
        (!unit.valid_to ||
          Number(unit.valid_to.slice(0, 4)) > year ||
          pointOf(series, list, component, year, unit.code)),
    )
    .map((unit) => unit.code);

// one figure of one unit, or null where the table does not have the unit
function pointOf(series, list, component, year, unit) {
  const cell = cellOf(series, list, component, year);
  const at = listOf(series, list).units.indexOf(unit);
  const letter = cell?.m[at] ?? "-";
  if (letter === "-") return null;
  return {
    year,
    unit,
    basis: cell.basis,
    value: cell.v[at],
    tier: cell.t?.[at] ?? null,
    decimals: letter.toLowerCase() === "b" ? undefined : cell.d,
    isBackcast: letter.toLowerCase() === "b",
    breaks: letter !== letter.toLowerCase(),
    why: cell.why && say(cell.why[0], cell.why[1]),
    rank: cell.r?.[at] ?? null,
    isRankComputed: cell.k?.[at] === "c",
    among: cell.n ?? null,
  };
}

const pointsOf = (series, list, component, unit) =>
  yearsOf(series, list, component)
    .map((year) => pointOf(series, list, component, year, unit))
    .filter((point) => point);

// whether the way of measuring changed after edition `from`, up to edition `to`: what a unit of both crossed says so
function breaksBetween(series, list, component, from, to, units) {
  return units.some(
    (unit) =>
      pointOf(series, list, component, from, unit) &&
      pointsOf(series, list, component, unit).some((point) => point.year > from && point.year <= to && point.breaks),
  );
}

// medians over the editions, of the members of the list that `belongs` lets through, where enough of them have a value
function medianLine(series, list, component, belongs) {
  const line = yearsOf(series, list, component)
    .map((year) => medianOf(series, list, component, year, membersOf(series, list, component, year).filter(belongs)))
    .filter(Boolean);
  line.forEach((point, at) => {
    point.breaks =
      at > 0 &&
      breaksBetween(series, list, component, line[at - 1].year, point.year, listOf(series, list).units.filter(belongs));
  });
  return line;
}

// the median of those of `units` that have a value; null when too few have
function medianOf(series, list, component, year, units) {
  const points = units
    .map((unit) => pointOf(series, list, component, year, unit))
    .filter((point) => point && point.value !== null);
  if (!units.length || points.length < units.length * MEDIAN_SHARE) return null;
  const sorted = points.map((point) => point.value).sort((a, b) => a - b);
  const middle = sorted.length / 2;
  const value = sorted.length % 2 ? sorted[Math.floor(middle)] : (sorted[middle - 1] + sorted[middle]) / 2;
  const isBackcast = points.some((point) => point.isBackcast);
  return {
    year,
    value,
    basis: points[0].basis,
    decimals: isBackcast ? undefined : points[0].decimals,
    count: sorted.length,
    isBackcast,
    rank: null,
  };
}

const editionOf = (series, year, basis) =>
  series.editions.find((edition) => edition.year === year && edition.basis === basis);
const editionsOf = (series, points) => {
  const keys = new Set(points.map((point) => `${point.year}|${point.basis}`));
  return series.editions.filter((edition) => keys.has(`${edition.year}|${edition.basis}`));
};

const methodName = (point) =>
  point.isBackcast
    ? say(
        "bình quân tỉnh cũ, do hệ thống tính, không phải số công bố",
        "back-cast (mean of the former provinces), not published",
      )
    : say("công bố", "published");

function rankText(point) {
  if (point.rank === null) return point.tier ? say(`nhóm ${point.tier}`, `tier ${point.tier}`) : "–";
  const among = point.among ? `/${point.among}` : "";
  return `${point.rank}${among}${point.isRankComputed ? say(" (tự tính)", " (computed)") : ""}`;
}

// the points that have the measure; a break at one that has not is kept for the next
function measured(points, measure) {
  const kept = [];
  let crossed = null;
  for (const point of points) {
    if (point.breaks) crossed = point;
    if (point[measure] === null) continue;
    kept.push(crossed ? { ...point, breaks: true, why: crossed.why } : point);
    crossed = null;
  }
  return kept;
}

// the line between two points: cut at a break of methodology, dashed where one of them is a back-cast
function strokes(points, measure) {
  const made = [];
  points.forEach((point, at) => {
    const before = points[at - 1];
    if (!before || point.breaks || (measure === "rank" && point.basis !== before.basis)) return;
    const isDashed = point.isBackcast || before.isBackcast;
    const last = made.at(-1);
    if (last && last.isDashed === isDashed && last.points.at(-1) === before) last.points.push(point);
    else made.push({ isDashed, points: [before, point] });
  });
  return made;
}

const SHAPES = ["circle", "rect", "triangle", "diamond", "roundRect", "pin"];
const COLOURS = ["#0b4f8a", "#b4500b", "#0d7264", "#7a3ea8", "#5b6875", "#1b2733"];

// lines over the editions. lines: [{name, points, look (place in SHAPES and COLOURS), isThin}]; measure: value or rank
function trend(lines, measure, { isSmall = false, decimals } = {}) {
  const shown = lines
    .map((line) => ({ ...line, points: measured(line.points, measure) }))
    .filter((line) => line.points.length);
  const all = shown.flatMap((line) => line.points);
  const years = all.map((point) => point.year);
  const isRank = measure === "rank";
  const series = shown.flatMap((line) => {
    const base = { name: line.name, itemStyle: { color: COLOURS[line.look] } };
    const [width, size] = line.isThin ? [1.2, 5] : [2.4, 8];
    return [
      ...strokes(line.points, measure).map((stroke) => ({
        ...base,
        type: "line",
        silent: true,
        symbol: "none",
        data: stroke.points.map((point) => [point.year, point[measure]]),
        lineStyle: { color: COLOURS[line.look], width, type: stroke.isDashed ? "dashed" : "solid" },
      })),
      {
        ...base,
        type: "scatter",
        symbolSize: size,
        z: 3,
        data: line.points.map((point) => ({
          value: [point.year, point[measure]],
          point,
          symbol: point.isBackcast
            ? "empty" + SHAPES[line.look][0].toUpperCase() + SHAPES[line.look].slice(1)
            : SHAPES[line.look],
        })),
      },
    ];
  });
  const marks = marksOf(all);
  if (series.length) {
    series[0].markLine = {
      silent: true,
      symbol: "none",
      animation: false,
      label: { fontSize: 11, color: FAINT, formatter: (mark) => mark.name },
      data: marks.map((mark) => ({
        name: isSmall || isNarrow() ? mark.short : mark.label,
        xAxis: mark.at,
        lineStyle: { color: mark.isMerger ? "#8a1c1c" : FAINT, type: mark.isMerger ? "solid" : "dotted", width: 1.2 },
        label: { position: "end", distance: 4, color: mark.isMerger ? "#8a1c1c" : FAINT },
      })),
    };
  }
  const span = Math.max(...years) - Math.min(...years);
  return {
    grid: {
      left: 8,
      right: 16,
      top: marks.length ? 26 : 16,
      bottom: isSmall || shown.length < 2 ? 4 : 34,
      containLabel: true,
    },
    legend:
      isSmall || shown.length < 2
        ? undefined
        : {
            bottom: 0,
            type: "scroll",
            itemWidth: 12,
            itemHeight: 12,
            textStyle: { color: INK },
            data: shown.map((line) => ({
              name: line.name,
              icon: SHAPES[line.look],
              itemStyle: { color: COLOURS[line.look] },
            })),
          },
    tooltip: {
      trigger: "item",
      confine: true,
      formatter: ({ data, seriesName }) =>
        data.point &&
        tip(
          seriesName,
          say(`Kỳ ${data.point.year}`, `Edition ${data.point.year}`),
          data.point.value !== null &&
            `${say("Điểm", "Score")}: ${number(data.point.value, data.point.decimals)} (${data.point.count ? say(`trung vị tự tính của ${data.point.count} đơn vị`, `our median of ${data.point.count} units`) : methodName(data.point)})`,
          data.point.rank !== null && `${say("Hạng", "Rank")}: ${rankText(data.point)}`,
        ),
    },
    xAxis: {
      type: "value",
      min: Math.min(...years) - 1,
      max: Math.max(...years) + 1,
      interval: Math.ceil((span + 1) / (isSmall || isNarrow() ? 5 : 14)),
      axisLabel: {
        ...axisLabel,
        formatter: (year) => (Number.isInteger(year) ? String(year) : ""),
        showMinLabel: false,
        showMaxLabel: false,
      },
      splitLine: { show: false },
    },
    yAxis: {
      type: "value",
      scale: true,
      inverse: isRank,
      minInterval: isRank ? 1 : undefined,
      splitNumber: isSmall ? 3 : 5,
      axisLabel: { ...axisLabel, formatter: (value) => number(value) },
      splitLine: gridLines,
    },
    series,
  };
}

// where the way of measuring changes and where the list of 34 begins, between two editions
function marksOf(points) {
  const years = [...new Set(points.map((point) => point.year))].sort((a, b) => a - b);
  const before = (year) => Math.max(...years.filter((one) => one < year));
  // units that lack editions cross the same break later: it stands where the first of them crossed it
  const marks = new Map();
  for (const point of points) {
    if (point.breaks && point.why && !(marks.get(point.why)?.year <= point.year))
      marks.set(point.why, { year: point.year, why: point.why });
  }
  const made = [...marks.values()]
    .filter((mark) => mark.year > years[0])
    .map((mark) => ({
      ...mark,
      at: mark.year - Math.min(0.5, (mark.year - before(mark.year)) / 2),
      label: say(`đổi cách tính ${mark.year}`, `new method ${mark.year}`),
      short: "",
    }));
  const first = Math.min(...points.filter((point) => point.basis === "34").map((point) => point.year));
  if (points.some((point) => point.basis === "63") && Number.isFinite(first)) {
    const at = first - 0.5;
    const label = say("34 tỉnh", "34 provinces");
    const same = made.find((mark) => mark.at === at);
    if (same) Object.assign(same, { label: `${label}; ${same.label}`, short: label, isMerger: true });
    else made.push({ year: first, at, label, short: label, isMerger: true });
  }
  return made;
}

// the reasons of the breaks in the points shown, as a list under a chart
function breakNotes(points) {
  const reasons = new Map();
  for (const point of points)
    if (point.breaks && point.why) reasons.set(point.why, Math.min(point.year, reasons.get(point.why) ?? Infinity));
  if (!reasons.size) return null;
  return el(
    "ul",
    { class: "breaks" },
    [...reasons].sort(([, a], [, b]) => a - b).map(([why, year]) => el("li", {}, `${year}: `, why)),
  );
}
