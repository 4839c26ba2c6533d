// What all pages share: language, state in the address, elements, numbers. Text only ever enters as text nodes.

const chiso = window.chiso;
const frame = chiso.frame;
const words = chiso.words;
const pages = {};

// the state lives in the fragment, so that a link or a bookmark keeps it and a page from disk needs no storage
const state = {
  read: () => new URLSearchParams(location.hash.slice(1)),
  get: (key, otherwise = "") => state.read().get(key) ?? otherwise,
  set(changes) {
    const now = state.read();
    for (const [key, value] of Object.entries(changes)) {
      if (value === "" || value === null) now.delete(key);
      else now.set(key, value);
    }
    history.replaceState(null, "", "#" + now);
  },
};

const isEnglish = () => document.documentElement.lang === "en";
const say = (vi, en) => (isEnglish() && en ? en : vi);
const named = (row) => say(row.name_vi, row.name_en);
const word = (kind, code) => {
  const pair = words[kind][code];
  return pair ? say(pair[0], pair[1]) : (code ?? "");
};

const indexOf = new Map(frame.indices.map((index) => [index.index_code, index]));
const unitOf = new Map(frame.units.map((unit) => [unit.code, unit]));
const agencyOf = new Map(frame.agencies.map((agency) => [agency.code, agency]));
const indexLabel = (code) => code.replaceAll("_", " ");
const indexName = (code) => (indexOf.has(code) ? named(indexOf.get(code)) : indexLabel(code));
const agencyName = (code) =>
  agencyOf.has(code) ? named(agencyOf.get(code)) : say("Chưa có phân công", "Not assigned");

function unitName(code) {
  const unit = unitOf.get(code);
  if (!unit) return say("Việt Nam", "Viet Nam");
  return unit.needs_date ? `${named(unit)} (${say("đến", "until")} ${day(unit.valid_to)})` : named(unit);
}

// printed decimals stay; without them up to four, none made up
function number(value, decimals) {
  if (value === null || value === undefined) return "–";
  const digits =
    decimals === undefined
      ? { maximumFractionDigits: 4 }
      : { minimumFractionDigits: decimals, maximumFractionDigits: decimals };
  digits.roundingMode = "halfEven"; // as the texts written on the other side
  return new Intl.NumberFormat(isEnglish() ? "en-GB" : "vi-VN", digits).format(value).replace("-", "−");
}

function day(iso) {
  if (!iso) return "–";
  const [year, month, date] = iso.split("-");
  return isEnglish()
    ? new Date(Date.UTC(year, month - 1, date)).toLocaleDateString("en-GB", {
        day: "numeric",
        month: "short",
        year: "numeric",
        timeZone: "UTC",
      })
    : `${date}/${month}/${year}`;
}

const there = (children) => children.flat(Infinity).filter((child) => child || child === 0);

// el("p", {class: "note"}, "text", node): attributes as given, children as nodes or text
function el(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (value !== false && value !== null && value !== undefined)
      made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...there(children));
  return made;
}

// a text that exists in Vietnamese only says so to screen readers
const vietnamese = (text) => el("span", { lang: "vi" }, text ?? "");

const place = (id) => document.getElementById(id);
const fill = (id, ...children) => place(id).replaceChildren(...there(children));

// a <select> whose choice is kept in the address; options: [[value, label]]
function picker(id, options, chosen, changed) {
  const select = place(id);
  select.replaceChildren(
    ...options.map(([value, label]) => el("option", { value, selected: value === chosen }, label)),
  );
  select.value = chosen;
  select.onchange = () => changed(select.value);
}

// the sources as they are written may hold several addresses with words between them; only web addresses become links
function links(text) {
  if (!text) return [];
  return text.split(/(https?:\/\/[^\s;]+)/).map((part) => {
    if (!/^https?:\/\//.test(part)) return part;
    return el("a", { href: part, rel: "noreferrer noopener", class: "address" }, hostOf(part));
  });
}
const hostOf = (address) => address.replace(/^https?:\/\/(www\.)?/, "").split("/")[0];
const firstLink = (text) => (text ?? "").match(/https?:\/\/[^\s;]+/)?.[0];

const NONE = "–";

// a figure among the cells of a table: shown with its decimals, given away as it is
// means carry the noise of binary fractions behind the twelfth digit
const plain = (value) => String(typeof value === "number" ? Number(value.toPrecision(12)) : value);

class Figure {
  constructor(value, decimals) {
    this.value = value;
    this.decimals = decimals;
  }
  toString() {
    return plain(this.value);
  }
}

// columns: {label, is_number}; isTitled: a heading above says what the caption says,
// and on a phone each row is a card
function table(caption, columns, rows, isTitled = false) {
  return el(
    "div",
    { class: "scroll", tabindex: "0", role: "group", "aria-label": caption },
    el(
      "table",
      { class: isTitled && "cards" },
      el("caption", { class: isTitled && "unseen" }, caption),
      el(
        "thead",
        {},
        el(
          "tr",
          {},
          columns.map((column) => el("th", { scope: "col", class: column.is_number && "number" }, column.label)),
        ),
      ),
      el(
        "tbody",
        {},
        rows.map((row) =>
          el(
            "tr",
            {},
            row.map((value, place) => {
              const column = columns[place];
              const shown =
                value instanceof Figure
                  ? number(value.value, value.decimals)
                  : typeof value === "number" && column.is_number
                    ? number(value)
                    : (value ?? NONE);
              return el(
                place === 0 ? "th" : "td",
                {
                  scope: place === 0 && "row",
                  class: [column.is_number && "number", shown === NONE && "blank"].filter(Boolean).join(" ") || null,
                  "data-label": column.label,
                },
                shown,
              );
            }),
          ),
        ),
      ),
    ),
  );
}

const empty = (text) => el("p", { class: "empty" }, text);
