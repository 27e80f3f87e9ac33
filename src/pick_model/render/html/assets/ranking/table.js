// The ranked table: sorted, filtered, and with the account of a model that is opened.

var COLUMNS = [
  { id: "", title: "#", number: true, key: null },
  { id: "model", title: "model", key: function (r) { return r.id; } },
  { id: "p", title: "P(best)", number: true, high: true, key: function (r) { return r.of.p; } },
  { id: "loses", title: "loses", number: true, rare: true, key: function (r) { return r.of.loss; } },
  { id: "expected", title: "expected, 90 %", number: true, high: true, rare: true, key: function (r) { return r.of.expected[0]; } },
  { id: "score", title: "score", note: ", 90 %", number: true, high: true, key: function (r) { return r.score[0]; } },
  { id: "sum", title: "made of", rare: true, key: null },
  { id: "train", title: "train", number: true, key: function (r) { return r.of.hours; } },
  { id: "memory", title: "memory", number: true, rare: true, key: function (r) { return estimate(r.of, "training_memory_gib"); } },
  { id: "size", title: "size", number: true, rare: true, key: function (r) { return r.of.n; } },
  { id: "license", title: "licence", rare: true, key: function (r) { return r.of.license; } }
];
var table, body, more, heads = {}, finder;

function buildTable() {
  var root = place("ranking");
  if (!root) return;
  finder = el("input", { type: "search", oninput: function () { state.find = finder.value; update(); } });
  var row = el("tr");
  COLUMNS.forEach(function (column) {
    var head = el("th", { scope: "col", class: (column.number ? "number " : "") + (column.rare ? "rare" : "") });
    if (column.key || column.id === "") {
      head.append(el("button", { type: "button", onclick: function () { sortBy(column); } }, [
      column.title, column.note ? el("span", { class: "rare", text: column.note }) : null
    ]));
    } else head.textContent = column.title;
    heads[column.id] = head;
    row.append(head);
  });
  body = el("tbody");
  table = el("table", {}, [el("caption", { class: "unseen", text: "Ranking" }), el("thead", {}, [row]), body]);
  more = el("button", { type: "button", class: "more", onclick: function () { state.all = !state.all; update(); } });
  root.append(
    el("div", { class: "bar" }, [el("p", { class: "caption", id: "count" }),
      el("label", { class: "find" }, ["Filter ", finder])]),
    el("div", { class: "scroll rank", tabindex: 0, role: "region", "aria-label": "Ranking" }, [table]),
    el("div", { class: "choices" }, [more])
  );
}

function sortBy(column) {
  var now = state.sort, down = "-" + column.id;
  if (!column.id) state.sort = "";
  else if (column.high) state.sort = now === down ? column.id : down;
  else state.sort = now === column.id ? down : column.id;
  update();
  say("sorted by " + column.title);
}

function sorted(rows) {
  var down = state.sort[0] === "-", id = down ? state.sort.slice(1) : state.sort;
  var column = COLUMNS.filter(function (c) { return c.id === id && c.key; })[0];
  if (!column) return rows;
  return rows.slice().sort(function (a, b) {
    var x = column.key(a), y = column.key(b);
    if (x === null || y === null) return (x === null) - (y === null);
    return (down ? -1 : 1) * (x < y ? -1 : x > y ? 1 : 0);
  });
}

function matches(row) {
  var wanted = state.find.trim().toLowerCase();
  var text = [row.id, row.of.repo, row.of.license, row.of.kind].join(" ").toLowerCase();
  return text.indexOf(wanted) >= 0;
}

function showTable(rows, weights) {
  if (!body) return;
  if (document.activeElement !== finder) finder.value = state.find;
  var found = sorted(rows.filter(matches)), shown = state.all ? found : found.slice(0, DATA.shown);
  Object.keys(heads).forEach(function (id) {
    if (id && state.sort === id) heads[id].setAttribute("aria-sort", "ascending");
    else if (id && state.sort === "-" + id) heads[id].setAttribute("aria-sort", "descending");
    else heads[id].removeAttribute("aria-sort");
  });
  var before = null;
  body.replaceChildren.apply(body, shown.reduce(function (all, row) {
    all.push(line(row, before, weights));
    if (state.open.indexOf(row.id) >= 0) all.push(detail(row, weights));
    before = row;
    return all;
  }, []));
  document.getElementById("count").textContent = found.length === rows.length
    ? rows.length + " candidates" : found.length + " of " + rows.length + " candidates";
  if (DATA.left_out) {
    document.getElementById("count").textContent += "; " + DATA.left_out +
      " models more than a page has room for are not among them";
  }
  more.hidden = found.length <= DATA.shown;
  more.textContent = state.all ? "Show the first " + DATA.shown : "Show all " + found.length;
}

function line(row, before, weights) {
  var c = row.of, tie = !state.sort && before !== null && before.rank === row.rank;
  var open = state.open.indexOf(row.id) >= 0;
  var name = el("button", {
    type: "button", class: "name", "aria-expanded": open, text: row.id, onclick: function () {
      state.open = open ? state.open.filter(function (id) { return id !== row.id; }) : state.open.concat(row.id);
      update();
      var again = body.querySelector('[data-id="' + CSS.escape(row.id) + '"] .name');
      if (again) again.focus();
    }
  });
  var let_in = c.breaks.length ? el("span", { class: "tag", text: "let in" }) : null;
  var last = row.behind === null ? null : el("span", { class: "tag", title: afterAll(row),
    text: row.behind ? "has a later version" : "may be over" });
  var known = c.metric === "standard_score" ? digits : function (v) { return share(v); };
  var cells = [
    el("td", { class: "number", text: tie ? "=" : row.rank }),
    el("th", { scope: "row" }, [name, let_in ? " " : null, let_in, last ? " " : null, last]),
    el("td", { class: "number", text: c.p === null ? "–" : chance(c.p) }),
    el("td", { class: "number rare", text: c.loss === null ? "–" : lost(c.loss) }),
    el("td", { class: "number rare" }, [
      known(c.expected[0], 2) + " ", el("span", { class: "dim", text: known(c.expected[1], 2) + "–" + known(c.expected[2], 2) })
    ]),
    el("td", { class: "number" }, [
      el("strong", { text: share(row.score[0]) }), el("span", { class: "dim rare", text: " " + share(row.score[1]) + "–" + share(row.score[2]) })
    ]),
    el("td", { class: "rare" }, [sum(row, weights)]),
    el("td", { class: "number", text: c.hours === null ? "?" : duration(c.hours) }),
    el("td", { class: "number rare", text: estimate(c, "training_memory_gib") === null ? "?" : gib(estimate(c, "training_memory_gib")) }),
    el("td", { class: "number rare", text: c.n === null ? "?" : size(c.n) }),
    el("td", { class: "rare", text: c.license || "unknown" })
  ];
  return el("tr", {
    class: tie ? "tie" : "", "data-id": row.id, "data-rank": row.rank, "data-score": row.score[0],
    "data-low": row.score[1], "data-high": row.score[2]
  }, cells);
}

function afterAll(row) {
  return "After all others: " + (row.behind
    ? "a later version, " + row.behind + ", is no worse by any criterion"
    : "it is expected over a limit that it may keep");
}

function sum(row, weights) {
  var told = [], holder = el("span", { class: "sum", role: "img" });
  row.of.values.forEach(function (value, i) {
    var adds = weights[i] * value[0], piece = el("i", { class: "f" + i });
    piece.style.width = 100 * adds + "%";
    holder.append(piece);
    told.push(CRITERIA[i].label + " " + share(adds));
  });
  holder.setAttribute("aria-label", told.join(", "));
  holder.title = told.join(", ");
  return holder;
}

function detail(row, weights) {
  var c = row.of, left = el("div"), right = el("div");
  left.append(el("h3", { text: "What its score is made of" }), scrolled(plainTable("Criteria of " + row.id, ["criterion", "value, 90 %", "× weight", "adds"],
    c.values.map(function (v, i) {
      return [spaced(CRITERIA[i].id), share(v[0]) + " (" + share(v[1]) + "–" + share(v[2]) + ")", share(weights[i]), share(weights[i] * v[0])];
    }))));
  right.append(el("h3", { text: "Estimates" }), scrolled(plainTable("Estimates of " + row.id, ["what", "value, 90 %", "basis"],
    Object.keys(c.estimates).map(function (name) {
      var e = c.estimates[name];
      return [spaced(name.replace(/_(hours|gib|ms|kwh)$/, "")), amount(e[0], e[3]) + " (" + amount(e[1], e[3]) + " to " + amount(e[2], e[3]) + ")", e[4]];
    }))));
  if (row.behind !== null) left.append(el("p", { class: "doubt", text: afterAll(row) }));
  c.cautions.forEach(function (told) { left.append(el("p", { class: "doubt", text: told })); });
  if (c.unknown.length) left.append(el("p", { class: "dim", text: "Unknown: " + c.unknown.map(spaced).join(", ") }));
  if (c.breaks.length) {
    left.append(el("p", { class: "doubt", text: "Let in by lifting " + c.breaks.map(function (b) { return b[0]; }).join(", ") }));
  }
  var parts = [el("div", { class: "cols" }, [left, right])], facts = DATA.facts[row.id];
  if (facts) {
    parts.push(el("details", {}, [el("summary", { text: facts.length + " facts and where they are from" }),
      el("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": "Facts of " + row.id }, [
        plainTable("Facts of " + row.id, ["fact", "value", "basis", "source"], facts.map(function (f) {
          var source = f.source || "the catalog";
          var link = f.url ? el("a", { href: f.url, rel: "noreferrer", text: source }) : source;
          return [spaced(f.field), f.value === null ? "" : String(f.value), f.basis || "", link];
        }))])]));
  }
  return el("tr", { class: "detail" }, [el("td", { colspan: COLUMNS.length }, [el("div", { class: "account" }, parts)])]);
}
