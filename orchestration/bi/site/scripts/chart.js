// A chart is a figure with its title, its source, its figures as a table and as CSV; it follows the page's width and paper.

const drawn = new Map(); // the place of a plot -> its chart, so that it can be redrawn and thrown away
const PAPER_WIDTH = 700; // pixels of CSS across the text of A4
const INK = "#1b2733";
const FAINT = "#5b6875";

// spec: {title, note, height, option, columns, rows, sources, file}; columns as in table(), rows hold raw values;
// without an option nothing is drawn
function chart(spec) {
  const plot = el("div", { class: "plot" });
  plot.style.height = spec.height + "px";
  const labels = spec.columns.map((column) => column.label);
  const made = el(
    "figure",
    { class: "chart" },
    el("figcaption", {}, el("h3", {}, spec.title), spec.note),
    spec.option ? plot : empty(say("Chưa có số liệu để vẽ.", "No figures to draw.")),
    spec.after,
    spec.rows.length > 0 &&
      el(
        "div",
        { class: "under" },
        el(
          "details",
          {},
          el("summary", {}, say("Bảng số liệu", "Figures")),
          table(spec.title, spec.columns, spec.rows),
        ),
        csvButton(spec.file, labels, spec.rows),
      ),
    el("div", { class: "source" }, spec.sources),
  );
  if (spec.option) {
    // a plot has no width before it stands in the page
    queueMicrotask(() => {
      const instance = echarts.init(plot, null, { renderer: "svg", locale: isEnglish() ? "EN" : "VI" });
      instance.setOption({
        animation: false,
        textStyle: { fontFamily: getComputedStyle(document.body).fontFamily, color: INK },
        aria: {
          enabled: true,
          label: {
            description: `${spec.title}. ${say("Số liệu có trong bảng bên dưới.", "The figures are in the table below.")}`,
          },
        },
        ...spec.option,
      });
      drawn.set(plot, instance);
    });
  }
  return made;
}

function forget() {
  for (const [plot, instance] of drawn) {
    if (plot.isConnected) continue;
    instance.dispose();
    drawn.delete(plot);
  }
}

// paper: every chart gets the width of A4, or half of it among the small ones, at once (no frame is drawn while printing)
const paper = matchMedia("print");
const fitAll = () => {
  for (const [plot, instance] of drawn) {
    const width = plot.closest(".many") ? PAPER_WIDTH / 2 - 30 : PAPER_WIDTH - 30;
    instance.resize({ width: paper.matches ? width : "auto" });
    instance.getZr().flush();
  }
  for (const list of document.querySelectorAll("details.on-paper")) list.open = paper.matches;
};
const onFit = (then) => {
  for (const event of ["resize", "beforeprint", "afterprint"]) addEventListener(event, then);
  paper.addEventListener("change", then);
};
onFit(fitAll);

// lines of a tooltip as nodes: [[text, isStrong]]
const tip = (...lines) =>
  el(
    "div",
    { class: "tip" },
    lines.filter(Boolean).map((line, at) => el(at ? "div" : "strong", {}, line)),
  );

const isNarrow = () => innerWidth < 600;

const axisLabel = { color: FAINT, fontSize: 12 };
const gridLines = { lineStyle: { color: "#e3e8ed" } };

// where the figures of some editions come from: publisher, then the editions by kind of source, each a link
function sourceLine(index, editions) {
  const kinds = new Map();
  for (const edition of editions) {
    const list = kinds.get(edition.source_kind) ?? [];
    kinds.set(edition.source_kind, [...list, edition]);
  }
  const label = (edition) =>
    String(edition.year) +
    (edition.basis === "34" ? say(" (34 tỉnh)", " (34 provinces)") : "") +
    (edition.coverage === "partial" ? "*" : "");
  const parts = [...kinds].map(([kind, of]) =>
    el(
      "span",
      { class: "kind" },
      `${word("source_kind", kind)}: `,
      of.flatMap((edition, at) => {
        const address = firstLink(edition.source_url);
        return [
          at ? ", " : "",
          address ? el("a", { href: address, rel: "noreferrer noopener" }, label(edition)) : label(edition),
        ];
      }),
    ),
  );
  const partial = editions.some((edition) => edition.coverage === "partial");
  const lastGood = editions.filter((edition) => edition.is_last_good).map((edition) => edition.year);
  return [
    el(
      "p",
      {},
      say("Nguồn: ", "Source: "),
      el("span", { lang: "vi" }, indexOf.get(index).publisher),
      parts.flatMap((part, at) => [at ? "; " : ". ", part]),
      ".",
    ),
    partial &&
      el(
        "p",
        {},
        say(
          "* Bảng không đầy đủ: đơn vị không có trong bảng là thiếu số liệu, không phải điểm thấp.",
          "* Partial table: a unit that is not in it has no figure, which is not a low score.",
        ),
      ),
    lastGood.length > 0 &&
      el(
        "p",
        { class: "warning" },
        say(
          `Kỳ ${lastGood.join(", ")}: đang dùng số liệu được chấp nhận lần trước.`,
          `Edition ${lastGood.join(", ")}: the figures accepted last stand in.`,
        ),
      ),
  ];
}
