// Dòng dữ liệu: the columns that a column is made of, back to the raw source, and what is made of it.

const GENERATIONS = 12; // deeper than any chain of models; a loop could not hang the page
const BEGIN = "score"; // the column to begin with, where there is one
const split = (key) => [key.split(".").slice(0, 2).join("."), key.split(".")[2]];
const keyOf = (schema, name, column) => `${schema}.${name}.${column}`;

const lineageIndex = () => {
  const parents = new Map();
  const children = new Map();
  const parentTables = new Map();
  const childTables = new Map();
  const add = (map, key, value) => map.set(key, [...(map.get(key) ?? []), value]);
  for (const [schema, name, column, parentSchema, parentName, parentColumn] of chiso.lineage.edges) {
    // of some tables only the tables are known that they are made of
    if (!column) {
      add(parentTables, `${schema}.${name}`, `${parentSchema}.${parentName}`);
      add(childTables, `${parentSchema}.${parentName}`, `${schema}.${name}`);
      continue;
    }
    const child = keyOf(schema, name, column);
    const parent = keyOf(parentSchema, parentName, parentColumn);
    add(parents, child, parent);
    add(children, parent, child);
  }
  return { parents, children, parentTables, childTables };
};

function tablesOnly({ parentTables, childTables }, table) {
  const list = (label, tables = []) =>
    tables.length > 0 && el("p", {}, label, el("code", {}, breakable(tables.sort().join(", "))));
  const lists = [
    list(
      say("Chỉ ghi nhận theo bảng. Bảng này làm từ: ", "On record for the table only. It is made of: "),
      parentTables.get(table),
    ),
    list(say("Bảng được làm từ bảng này: ", "Tables made from this one: "), childTables.get(table)),
  ].filter(Boolean);
  return lists.length
    ? lists
    : empty(
        say(
          "Không ghi nhận cột nào liên quan: cột này do hệ thống đặt ra hoặc chỉ được chép qua.",
          "No related column is on record: the column is set by the system itself.",
        ),
      );
}

// the published table to begin with: the one whose column to begin with goes into most others
function mostUsed(published, { children }) {
  const uses = (key) => children.get(`${key}.${BEGIN}`)?.length ?? 0;
  return Object.keys(published).sort((a, b) => uses(b) - uses(a))[0];
}

// columns by their distance from `start`: the farthest distance counts, so that lines never run backwards
function generations(start, next) {
  const depth = new Map([[start, 0]]);
  let edge = [start];
  for (let step = 1; edge.length && step <= GENERATIONS; step += 1) {
    const found = new Set(edge.flatMap((key) => next.get(key) ?? []));
    found.delete(start);
    found.forEach((key) => depth.set(key, step));
    edge = [...found];
  }
  return depth;
}

function describe(key) {
  const [schema, name, column] = key.split(".");
  const entry = chiso.lineage.described.get(key);
  return {
    schema,
    name,
    column,
    label: entry ? say(entry.label_vi, entry.label_en) : "",
    description: entry?.description_en ?? "",
    type: entry?.data_type ?? "",
  };
}

// names may be cut after an underscore or a point
const breakable = (text) => text.split(/(?<=[_.])/).flatMap((part) => [part, el("wbr")]);

function lineageBox(key, chosen, open) {
  const told = describe(key);
  return el(
    "button",
    {
      type: "button",
      class: `box layer-${told.schema} ${key === chosen ? "chosen" : ""}`,
      "data-key": key,
      "aria-current": key === chosen && "true",
      title: told.description,
      onclick: () => open(key),
    },
    el("small", {}, breakable(`${told.schema}.${told.name}`)),
    el("b", {}, breakable(told.column)),
    told.label && el("span", {}, told.label),
  );
}

function lineageDrawing({ parents, children }, chosen, open) {
  const up = generations(chosen, parents);
  const down = generations(chosen, children);
  const columns = new Map();
  for (const [key, depth] of up) columns.set(-depth, [...(columns.get(-depth) ?? []), key]);
  for (const [key, depth] of down) if (depth) columns.set(depth, [...(columns.get(depth) ?? []), key]);
  const order = [...columns].sort(([a], [b]) => a - b);
  const board = el(
    "div",
    { class: "board" },
    order.map(([depth, keys]) =>
      el(
        "ol",
        {
          "aria-label":
            depth === 0
              ? say("Cột đang xem", "Chosen column")
              : depth < 0
                ? say(`Nguồn, bước ${-depth}`, `Made of, step ${-depth}`)
                : say(`Dùng cột này, bước ${depth}`, `Made from it, step ${depth}`),
        },
        keys.sort().map((key) => el("li", {}, lineageBox(key, chosen, open))),
      ),
    ),
  );
  const shown = new Set(columns.size ? order.flatMap(([, keys]) => keys) : []);
  const edges = [...shown]
    .flatMap((key) => (parents.get(key) ?? []).filter((parent) => shown.has(parent)).map((parent) => [parent, key]))
    .filter(([parent, child]) => (up.has(parent) && up.has(child)) || (down.has(parent) && down.has(child)));
  return { board, edges, count: { up: up.size - 1, down: down.size - 1 } };
}

function drawEdges(board, edges) {
  const SVG = "http://www.w3.org/2000/svg";
  board.querySelector("svg")?.remove();
  const picture = document.createElementNS(SVG, "svg");
  picture.setAttribute("aria-hidden", "true");
  picture.setAttribute("width", board.scrollWidth);
  picture.setAttribute("height", board.scrollHeight);
  // on paper the board is made smaller; its own measures are asked for
  const scale = board.getBoundingClientRect().width / board.offsetWidth;
  const corner = board.getBoundingClientRect();
  const middles = new Map();
  for (const box of board.querySelectorAll("[data-key]")) {
    const around = box.getBoundingClientRect();
    const y = (around.top + around.height / 2 - corner.top) / scale;
    middles.set(box.dataset.key, {
      y,
      left: (around.left - corner.left) / scale,
      right: (around.right - corner.left) / scale,
    });
  }
  for (const [parent, child] of edges) {
    const from = middles.get(parent);
    const to = middles.get(child);
    const path = document.createElementNS(SVG, "path");
    path.setAttribute(
      "d",
      `M${from.right},${from.y} C${from.right + 18},${from.y} ${to.left - 18},${to.y} ${to.left},${to.y}`,
    );
    picture.append(path);
  }
  board.prepend(picture);
}

let redrawEdges = () => {};
onFit(() => redrawEdges());

pages.lineage = () => {
  const published = chiso.lineage.tables;
  if (!Object.keys(published).length) return fill("about", empty(say("Không có bảng nào.", "No table.")));
  chiso.lineage.described ??= new Map(
    chiso.lineage.dictionary.map((row) => [keyOf(row.table_schema, row.table_name, row.column_name ?? ""), row]),
  );
  const graph = lineageIndex();
  // tables of the layers before are not published: their columns are those that lines touch
  const tables = { ...published };
  for (const key of [...graph.parents.keys(), ...graph.children.keys()]) {
    const [owner, one] = split(key);
    if (!published[owner]) tables[owner] = [...new Set([...(tables[owner] ?? []), one])];
  }
  const asked = state.get("column");
  const [askedTable, askedColumn] = split(asked);
  const tableKey = tables[askedTable]?.includes(askedColumn) ? askedTable : mostUsed(published, graph);
  const columns = tables[tableKey];
  const column = tableKey === askedTable ? askedColumn : (columns.find((one) => one === BEGIN) ?? columns[0]);
  const open = (key) => {
    state.set({ column: key });
    pages.lineage();
  };
  const labelOf = (key) => {
    const entry = chiso.lineage.described.get(key);
    return entry ? ` – ${say(entry.label_vi, entry.label_en)}` : "";
  };
  picker(
    "table",
    Object.keys(tables).map((key) => [key, key + labelOf(`${key}.`)]),
    tableKey,
    (key) => open(`${key}.${tables[key].find((one) => one === BEGIN) ?? tables[key][0]}`),
  );
  picker(
    "column",
    columns.map((one) => [one, one + labelOf(`${tableKey}.${one}`)]),
    column,
    (one) => open(`${tableKey}.${one}`),
  );
  const chosen = `${tableKey}.${column}`;
  const told = describe(chosen);
  const about = chiso.lineage.described.get(`${tableKey}.`);
  const { board, edges, count } = lineageDrawing(graph, chosen, open);
  fill(
    "about",
    el("h3", {}, el("code", {}, chosen), told.type && el("small", {}, ` ${told.type}`)),
    told.label && el("p", {}, el("strong", {}, told.label), ". ", el("span", { lang: "en" }, told.description)),
    about &&
      el(
        "p",
        { class: "note" },
        say(about.label_vi, about.label_en),
        ": ",
        el("span", { lang: "en" }, about.description_en),
      ),
    el(
      "p",
      {},
      say(
        `Làm từ ${count.up} cột (bên trái, về tới nguồn thô); ${count.down} cột dùng cột này (bên phải). Bấm vào một ô để đi tiếp.`,
        `Made of ${count.up} columns (left, back to the raw source); ${count.down} columns are made from it (right). Choose a box to go on.`,
      ),
    ),
    count.up + count.down === 0 && tablesOnly(graph, tableKey),
  );
  fill("lineage", board);
  drawEdges(board, edges);
  board.querySelector(".chosen").scrollIntoView({ block: "nearest", inline: "center" });
  const rows = edges.map(([parent, child]) => [child, parent]);
  const labels = [say("Cột", "Column"), say("Làm từ", "Made of")];
  fill(
    "edges",
    rows.length &&
      el(
        "details",
        {},
        el("summary", {}, say("Các đường nối thành bảng", "The lines as a table")),
        table(
          say("Các đường nối", "Lines"),
          labels.map((label) => ({ label })),
          rows,
        ),
      ),
    rows.length && el("div", { class: "under" }, csvButton(chosen, labels, rows)),
  );
  redrawEdges = () => drawEdges(board, edges);
};
