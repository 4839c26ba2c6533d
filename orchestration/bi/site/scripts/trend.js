// Lines over the editions: what is drawn, where a line is cut, and what is said of breaks.

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

// Before a change of method the scale may have been another (0–1, then 0–100), which no axis shows together: the points
// from the last such change on, told by values that all are ten times as large or as small.
const APART = 10;
function onLastScale(points) {
  const sizes = (of) => of.map((point) => Math.abs(point.value));
  const changes = points
    .filter((point) => point.breaks)
    .map((point) => point.year)
    .filter((year) => {
      const before = sizes(points.filter((point) => point.year < year));
      const after = sizes(points.filter((point) => point.year >= year));
      return (
        before.length &&
        (Math.max(...before) * APART <= Math.min(...after) || Math.min(...before) >= Math.max(...after) * APART)
      );
    });
  return changes.length ? points.filter((point) => point.year >= Math.max(...changes)) : points;
}

// says so where the drawing begins after a change of scale
function scaleNote(lines, measure) {
  const points = measure === "value" ? lines.flatMap((line) => measured(line.points, measure)) : [];
  const drawn = onLastScale(points);
  return (
    drawn.length < points.length &&
    el(
      "p",
      { class: "note" },
      say(
        `Chỉ vẽ từ kỳ ${drawn[0].year}: các kỳ trước trên thang khác, xem bảng số liệu.`,
        `Drawn from ${drawn[0].year} on: editions before are on another scale, see the figures.`,
      ),
    )
  );
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
function trend(lines, measure, { isSmall = false } = {}) {
  const isRank = measure === "rank";
  const known = lines.map((line) => ({ ...line, points: measured(line.points, measure) }));
  const all = isRank ? known.flatMap((line) => line.points) : onLastScale(known.flatMap((line) => line.points));
  const shown = known
    .map((line) => ({ ...line, points: line.points.filter((point) => all.includes(point)) }))
    .filter((line) => line.points.length);
  if (!all.length) return null;
  const years = all.map((point) => point.year);
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
