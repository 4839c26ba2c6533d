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

const figureOf = (point) => (point && point.value !== null ? new Figure(point.value, point.decimals) : null);

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

const editionsOf = (series, points) => {
  const keys = new Set(points.map((point) => `${point.year}|${point.basis}`));
  return series.editions.filter((edition) => keys.has(`${edition.year}|${edition.basis}`));
};

// who says a rank
const rankMethod = (point) =>
  point.rank === null ? null : point.isRankComputed ? say("tự tính", "computed") : say("công bố", "published");

// the place of a unit of which no score is known
const placeText = (point) =>
  point.rank === null ? rankText(point) : say(`hạng ${rankText(point)}`, `rank ${rankText(point)}`);

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
