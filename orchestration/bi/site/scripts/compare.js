// So sánh: one province beside others, its region and the country, on one list at a time.

const REGION = "region";
const COUNTRY = "country";
const MOST_PEERS = 4;

// the figures of an index come in a file of their own, asked for when the index is chosen
function withSeries(code, then) {
  if (chiso.series?.[code]) return then(chiso.series[code]);
  const script = el("script", { src: `data/series-${code}.js` });
  script.onload = () => then(chiso.series[code]);
  script.onerror = () =>
    fill(
      "compare",
      empty(
        say(
          `Thiếu tệp data/series-${code}.js bên cạnh trang này.`,
          `The file data/series-${code}.js is missing beside this page.`,
        ),
      ),
    );
  document.head.append(script);
}

function compareChoice(series) {
  const lists = ["34", "63"].filter((list) => series.lists[list]);
  const list = lists.includes(state.get("list")) ? state.get("list") : lists[0];
  const components = series.components.filter((component) => listOf(series, list).cells[component.code]);
  const component =
    components.find((one) => one.code === state.get("component")) ??
    components.find((one) => one.code === "total") ??
    components[0];
  const years = [...new Set(components.flatMap((one) => yearsOf(series, list, one.code)))].sort((a, b) => b - a);
  const units = listOf(series, list).units;
  // the home unit, else one that it was made of; nobody where the table has none of them
  const former = frame.units.filter((one) => one.successor === frame.home).map((one) => one.code);
  const unit = [state.get("unit"), frame.home, ...former].find((one) => units.includes(one)) ?? "";
  const has = (year) => !unit || pointOf(series, list, component.code, year, unit);
  const chosenYear = years.includes(Number(state.get("year")))
    ? Number(state.get("year"))
    : (years.find(has) ?? years[0]);
  const peers = [...new Set(state.get("peers").split(","))]
    .filter((peer) => units.includes(peer) && peer !== unit)
    .slice(0, MOST_PEERS);
  return { lists, list, components, component, years, year: chosenYear, units, unit, peers };
}

const listName = (list) =>
  list === "34"
    ? say("34 tỉnh hiện nay (kỳ cũ: bình quân tỉnh cũ)", "34 provinces of today (older editions back-cast)")
    : say("63 tỉnh trước sáp nhập (như đã công bố)", "63 provinces before the merger (as published)");

// the chosen unit's region; none where a merger joined two
const regionOf = (unit) => frame.regions.find((region) => region.code === unitOf.get(unit)?.region);

function compareLines(series, choice, component) {
  const { list, unit, peers } = choice;
  const median = (belongs) => medianLine(series, list, component, belongs);
  const region = regionOf(unit);
  return [
    ...[unit, ...peers].filter(Boolean).map((one, at) => ({
      code: one,
      name: unitName(one),
      points: pointsOf(series, list, component, one),
      look: at < 4 ? at : 5,
    })),
    region && {
      code: REGION,
      name: `${say("Trung vị vùng", "Median of")} ${named(region)}`,
      points: median((one) => unitOf.get(one).region === region.code),
      look: 4,
      isThin: true,
    },
    {
      code: COUNTRY,
      name: say("Trung vị cả nước", "Median of the country"),
      points: median(() => true),
      look: 5,
      isThin: true,
    },
  ].filter((line) => line && line.points.length);
}

pages.compare = () => {
  const offered = frame.indices.filter((index) => chiso.comparable.includes(index.index_code));
  if (!offered.length) return fill("compare", empty(say("Chưa có chỉ số cấp tỉnh nào.", "No provincial index yet.")));
  const code = chiso.comparable.includes(state.get("index")) ? state.get("index") : offered[0].index_code;
  const again = (changes) => {
    state.set(changes);
    pages.compare();
  };
  picker(
    "index",
    offered.map((index) => [index.index_code, `${indexLabel(index.index_code)} – ${named(index)}`]),
    code,
    (value) => again({ index: value, component: "", year: "" }),
  );
  withSeries(code, (series) => {
    const choice = compareChoice(series);
    picker(
      "list",
      choice.lists.map((list) => [list, listName(list)]),
      choice.list,
      (value) => again({ list: value, unit: "", peers: "", year: "" }),
    );
    picker(
      "year",
      choice.years.map((year) => [String(year), String(year)]),
      String(choice.year),
      (value) => again({ year: value }),
    );
    picker(
      "component",
      choice.components.map((component) => [component.code, named(component)]),
      choice.component.code,
      (value) => again({ component: value }),
    );
    picker(
      "unit",
      [
        ...(choice.unit ? [] : [["", say("Chọn đơn vị…", "Choose a unit…")]]),
        ...choice.units.map((unit) => [unit, unitName(unit)]),
      ],
      choice.unit,
      (value) => again({ unit: value }),
    );
    picker(
      "peer",
      [
        ["", say("Chọn đơn vị để thêm…", "Choose a unit to add…")],
        ...choice.units
          .filter((unit) => unit !== choice.unit && !choice.peers.includes(unit))
          .map((unit) => [unit, unitName(unit)]),
      ],
      "",
      (value) => again({ peers: [...choice.peers, value].join(",") }),
    );
    place("peer").disabled = choice.peers.length >= MOST_PEERS;
    fill(
      "peers",
      choice.peers.map((peer) =>
        el(
          "button",
          {
            type: "button",
            class: "chip",
            "aria-label": `${say("Bỏ", "Remove")} ${unitName(peer)}`,
            onclick: () => again({ peers: choice.peers.filter((one) => one !== peer).join(",") }),
          },
          unitName(peer),
          " ×",
        ),
      ),
    );
    fill(
      "region-note",
      regionOf(choice.unit)
        ? el(
            "span",
            {},
            `${say("Vùng", "Region")}: ${named(regionOf(choice.unit))}${choice.list === "34" ? say(", không gồm các tỉnh hợp nhất từ hai vùng", ", without provinces merged from two regions") : ""}. ${say("Trung vị do hệ thống tự tính, chỉ khi ít nhất 90% đơn vị có số liệu.", "Medians are ours, given only when at least 90% of the units have a figure.")}`,
          )
        : choice.unit
          ? say(
              "Đơn vị này được sáp nhập từ hai vùng nên không có trung vị vùng.",
              "This unit was merged from two regions: it has no regional median.",
            )
          : say("Tỉnh nhà không có trong bảng này.", "The home province is not in this table."),
    );
    fill(
      "compare",
      compareBars(series, code, choice),
      compareTrend(series, code, choice),
      compareRanking(series, code, choice),
    );
    forget();
  });
};
