// The parts of a ranking that answer: weights, limits, the table, the plots. What is shown is the
// state in the address after '#', so that a link keeps it.
"use strict";

(function () {
  var DATA = JSON.parse(document.getElementById("ranking-data").textContent);
  var SVG = "http://www.w3.org/2000/svg", CRITERIA = DATA.criteria;
  var start = {
    weights: CRITERIA.map(function (c) { return c.weight; }), lifted: [], find: "", all: false,
    sort: "", x: "training_hours", y: "standing", open: []
  };
  var state = copied(start);

  function copied(one) { return JSON.parse(JSON.stringify(one)); }

  // ---- words and figures, as the terminal writes them
  function share(v) {
    var text = v.toFixed(2);
    if (!Number(text)) text = text.replace("-", "");
    return text === "1.00" ? "1.0" : text.replace(/^(-?)0\./, "$1.");
  }
  function digits(v, n) {
    if (Math.abs(v) >= Math.pow(10, n - 1)) return v.toFixed(0);
    var text = Number(v.toPrecision(n)).toString();
    return text.indexOf("e") < 0 ? text : v.toFixed(8).replace(/0+$/, "");
  }
  function chance(p) { return p < 0.005 ? "<.01" : p > 0.995 ? ">.99" : share(p); }
  function duration(h) {
    var s = h * 3600;
    if (s < 99.5) return digits(s, 2) + " s";
    if (s < 99.5 * 60) return digits(s / 60, 2) + " min";
    return h < 71.5 ? digits(h, 2) + " h" : (h / 24).toFixed(0) + " d";
  }
  function gib(v) { return v < 0.0995 ? digits(v * 1024, 2) + " MiB" : digits(v, 2) + " GiB"; }
  function size(n) {
    var units = [[1e12, "T"], [1e9, "B"], [1e6, "M"], [1e3, "k"]];
    var unit = units.filter(function (u) { return n >= u[0] * 0.9995; })[0];
    return unit ? digits(n / unit[0], 3) + unit[1] : String(n);
  }
  function amount(value, unit) {
    if (unit === "h") return duration(value);
    if (unit === "GiB") return gib(value);
    return digits(value, 3) + " " + unit;
  }
  function lost(v) { return DATA.unit === "points" ? v.toFixed(1) : share(v); }
  function spaced(name) { return name.replace(/_/g, " "); }
  function percent(w) { return (100 * w).toFixed(w > 0 && w < 0.0995 ? 1 : 0) + " %"; }
  function estimate(c, name) { return c.estimates[name] ? c.estimates[name][0] : null; }

  // ---- elements
  function el(tag, attributes, children) {
    var node = document.createElement(tag);
    Object.keys(attributes || {}).forEach(function (name) {
      var value = attributes[name];
      if (name === "text") node.textContent = value;
      else if (name.slice(0, 2) === "on") node.addEventListener(name.slice(2), value);
      else if (value !== null && value !== false) node.setAttribute(name, value === true ? "" : value);
    });
    (children || []).forEach(function (child) { if (child) node.append(child); });
    return node;
  }
  function draw(tag, attributes, text) {
    var node = document.createElementNS(SVG, tag);
    Object.keys(attributes).forEach(function (name) { node.setAttribute(name, attributes[name]); });
    if (text !== undefined) node.textContent = text;
    return node;
  }
  function place(name) { return document.getElementById("live-" + name); }
  function say(text) { document.getElementById("said").textContent = text; }

  // ---- the state and its address
  function written() {
    var parts = new URLSearchParams();
    if (!same(state.weights, start.weights)) parts.set("w", state.weights.join(","));
    if (state.lifted.length) parts.set("off", state.lifted.join(","));
    ["find", "sort", "x", "y"].forEach(function (name) {
      if (state[name] !== start[name]) parts.set(name, state[name]);
    });
    if (state.all) parts.set("all", "1");
    if (state.open.length) parts.set("model", state.open.join(","));
    return parts.toString();
  }
  function same(a, b) { return a.every(function (v, i) { return v === b[i]; }); }

  function read() {
    var text = location.hash.slice(1);
    if (text.indexOf("=") < 0) return false;
    var parts = new URLSearchParams(text), found = copied(start);
    var weights = (parts.get("w") || "").split(",").map(Number);
    if (weights.length === CRITERIA.length && Rank.normalised(weights)) found.weights = weights;
    var known = DATA.limits.map(function (l) { return l.id; });
    found.lifted = (parts.get("off") || "").split(",").filter(function (name) {
      return known.indexOf(name) >= 0;
    });
    ["find", "sort", "x", "y"].forEach(function (name) {
      if (parts.has(name)) found[name] = parts.get(name);
    });
    if (!AXES[found.x]) found.x = start.x;
    if (!UPWARD[found.y]) found.y = start.y;
    found.all = parts.get("all") === "1";
    found.open = (parts.get("model") || "").split(",").filter(Boolean);
    state = found;
    return true;
  }

  function keep() {
    var hash = written();
    try { history.replaceState(null, "", hash ? "#" + hash : location.pathname + location.search); }
    catch (refused) { return; }  // a page inside another may not
  }

  // ---- what there is to show
  function ranking() {
    return Rank.ranked(DATA.contenders, Rank.normalised(state.weights), state.lifted, DATA.price);
  }
  function changed() { return state.lifted.length > 0 || !same(state.weights, start.weights); }
  var AXES = {}, UPWARD = {
    standing: { label: "expected standing, standard scores", of: function (one) { return one.of.standing; } },
    expected: { label: "expected " + spaced(DATA.metric), of: function (one) { return one.of.expected[0]; } },
    p: { label: "P(best)", of: function (one) { return one.of.p; } },
    score: { label: "score by these weights", of: function (one) { return one.score[0]; } }
  };
  DATA.axes.forEach(function (axis) {
    var there = DATA.contenders.some(function (c) { return estimate(c, axis.id) !== null; });
    if (there) AXES[axis.id] = axis;
  });
  AXES.n_parameters = { id: "n_parameters", label: "parameters", unit: "" };
  if (!AXES[start.x]) start.x = state.x = "n_parameters";
  function along(one, axis) {
    if (axis === "training_hours") return one.of.hours;  // in full, for the Pareto set
    return axis === "n_parameters" ? one.of.n : estimate(one.of, axis);
  }

  // ---- the weights
  var bar, edges = [], inputs = [], parts = [], boxes = {}, notice, presets = {};

  function buildWeights() {
    var root = place("weights");
    if (!root) return;
    bar = el("div", { class: "weights", role: "group", "aria-label": "Weights of the criteria" });
    CRITERIA.forEach(function (c, i) {
      parts[i] = el("div", { class: "part f" + i }, [el("b"), el("span", { text: c.label })]);
      bar.append(parts[i]);
    });
    CRITERIA.slice(1).forEach(function (c, i) {
      edges[i] = el("button", {
        type: "button", class: "edge", role: "slider", "aria-valuemin": 0, "aria-valuemax": 100,
        "aria-label": "Between " + CRITERIA[i].label + " and " + c.label
      });
      edges[i].addEventListener("pointerdown", function (event) { drag(event, i); });
      edges[i].addEventListener("keydown", function (event) { nudge(event, i); });
      bar.append(edges[i]);
    });
    var mixer = el("div", { class: "mixer" });
    CRITERIA.forEach(function (c, i) {
      inputs[i] = el("input", {
        type: "number", min: 0, max: 100, step: "any", onchange: function () { set(i, inputs[i].value / 100); }
      });
      mixer.append(el("label", {}, [
        el("span", { class: "swatch f" + i }), el("span", { text: c.label, title: spaced(c.id) }), inputs[i], el("span", { text: "%" })
      ]));
    });
    var choices = el("div", { class: "choices", role: "group", "aria-label": "Weights by name" });
    Object.keys(DATA.presets).forEach(function (name) {
      presets[name] = el("button", {
        type: "button", text: name, onclick: function () { weigh(DATA.presets[name].slice()); }
      });
      choices.append(presets[name]);
    });
    choices.append(el("button", {
      type: "button", text: "as the profile has it",
      onclick: function () { state.lifted = []; weigh(start.weights.slice()); }
    }));
    root.append(bar, mixer, choices);
    if (DATA.limits.length) root.append(buildLimits());
    notice = el("div", { class: "changed", hidden: true });
    root.append(notice);
  }

  function buildLimits() {
    var group = el("fieldset", { class: "limits" }, [el("legend", { text: "Limits of the profile that hold" })]);
    DATA.limits.forEach(function (limit) {
      var box = el("input", {
        type: "checkbox", "data-limit": limit.id, checked: true, onchange: function () {
          state.lifted = state.lifted.filter(function (name) { return name !== limit.id; });
          if (!box.checked) state.lifted.push(limit.id);
          update();
        }
      });
      var more = el("span", { class: "dim" });
      boxes[limit.id] = { box: box, more: more };
      group.append(el("label", {}, [box, el("span", { text: limit.label }), more]));
    });
    return group;
  }

  function weigh(weights) { state.weights = weights; update(); }

  // One weight to a share of the whole; the others keep their proportions.
  function set(i, wanted) {
    if (!(wanted >= 0)) return update();
    wanted = Math.min(wanted, 1);
    var now = Rank.normalised(state.weights), rest = 1 - now[i];
    weigh(now.map(function (w, k) {
      if (k === i) return wanted;
      return rest > 0 ? w * (1 - wanted) / rest : (1 - wanted) / (now.length - 1);
    }));
  }

  // The edge after part i to a place from 0 to 1: what one part loses its neighbour gains.
  function move(i, to) {
    var now = Rank.normalised(state.weights), before = 0;
    for (var k = 0; k < i; k++) before += now[k];
    var both = now[i] + now[i + 1], left = Math.min(Math.max(to - before, 0), both);
    now[i] = left;
    now[i + 1] = both - left;
    weigh(now);
  }

  function drag(event, i) {
    event.preventDefault();
    edges[i].focus();
    edges[i].setPointerCapture(event.pointerId);
    function follow(moved) {
      var box = bar.getBoundingClientRect();
      move(i, (moved.clientX - box.left) / box.width);
    }
    edges[i].addEventListener("pointermove", follow);
    edges[i].addEventListener("lostpointercapture", function done() {
      edges[i].removeEventListener("pointermove", follow);
      edges[i].removeEventListener("lostpointercapture", done);
    });
  }

  function nudge(event, i) {
    var by = { ArrowLeft: -0.01, ArrowDown: -0.01, ArrowRight: 0.01, ArrowUp: 0.01, PageDown: -0.1, PageUp: 0.1 }[event.key];
    if (by === undefined) return;
    event.preventDefault();
    var now = Rank.normalised(state.weights), at = 0;
    for (var k = 0; k <= i; k++) at += now[k];
    move(i, at + by);
  }

  function showWeights(rows) {
    if (!bar) return;
    var weights = Rank.normalised(state.weights), at = 0;
    weights.forEach(function (w, i) {
      parts[i].style.width = 100 * w + "%";
      var room = w * bar.clientWidth;  // in pixels: what a figure, and a name, take
      parts[i].classList.toggle("narrow", room < 84);
      parts[i].firstChild.textContent = room < 56 ? "" : percent(w);
      if (document.activeElement !== inputs[i]) inputs[i].value = Number((100 * w).toFixed(2));
      at += w;
      if (i < edges.length) {
        edges[i].style.left = 100 * at + "%";
        edges[i].setAttribute("aria-valuenow", Math.round(100 * at));
        edges[i].setAttribute("aria-valuetext", CRITERIA[i].label + " " + percent(w) + ", " +
          CRITERIA[i + 1].label + " " + percent(weights[i + 1]));
      }
    });
    Object.keys(presets).forEach(function (name) {
      var near = Rank.normalised(DATA.presets[name]).every(function (w, i) { return Math.abs(w - weights[i]) < 1e-9; });
      presets[name].setAttribute("aria-pressed", near);
    });
    DATA.limits.forEach(function (limit) {
      var off = state.lifted.indexOf(limit.id) >= 0, without = state.lifted.concat(limit.id);
      boxes[limit.id].box.checked = !off;
      var more = Rank.admitted(DATA.contenders, without).length - rows.length;
      boxes[limit.id].more.textContent = off ? "lifted" : more ? "keeps out " + more : "";
    });
    showNotice(rows);
  }

  function showNotice(rows) {
    notice.hidden = !changed();
    if (notice.hidden) return;
    notice.textContent = "";
    var first = rows.slice(0, 3).map(function (r) { return r.id + " " + share(r.score[0]); });
    var told = rows.length ? "First by these: " + first.join(" · ") + "." : "Nothing is left.";
    notice.append(el("p", {}, [el("strong", { text: told })]));
    if (state.lifted.length) {
      notice.append(el("p", { class: "dim", text: "Lifted here: " + state.lifted.join(", ") +
        ". To keep it so, take it out of the profile's constraints. P(best) and losses are of the " +
        "models that the profile admits." }));
    }
    if (!same(state.weights, start.weights)) {
      var asked = CRITERIA.map(function (c, i) { return " --weight " + c.id + "=" + state.weights[i]; });
      notice.append(el("div", { class: "command" }, [
        el("code", { text: DATA.command + asked.join("") }), el("button", { type: "button", "data-copy": true, text: "Copy" })
      ]));
    }
  }

  // ---- the table
  var COLUMNS = [
    { id: "", title: "#", number: true, key: null },
    { id: "model", title: "model", key: function (r) { return r.id; } },
    { id: "p", title: "P(best)", number: true, high: true, key: function (r) { return r.of.p; } },
    { id: "loses", title: "loses", number: true, rare: true, key: function (r) { return r.of.loss; } },
    { id: "expected", title: "expected, 90 %", number: true, high: true, rare: true, key: function (r) { return r.of.expected[0]; } },
    { id: "score", title: "score, 90 %", number: true, high: true, key: function (r) { return r.score[0]; } },
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
        head.append(el("button", { type: "button", text: column.title, onclick: function () { sortBy(column); } }));
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
    var known = c.metric === "standard_score" ? digits : function (v) { return share(v); };
    var cells = [
      el("td", { class: "number", text: tie ? "=" : row.rank }),
      el("th", { scope: "row" }, [name, let_in ? " " : null, let_in]),
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

  function scrolled(table) { return el("div", { class: "scroll" }, [table]); }

  function plainTable(caption, titles, rows) {
    return el("table", {}, [
      el("caption", { class: "unseen", text: caption }),
      el("thead", {}, [el("tr", {}, titles.map(function (t) { return el("th", { scope: "col", text: t }); }))]),
      el("tbody", {}, rows.map(function (cells) {
        return el("tr", {}, cells.map(function (cell) { return typeof cell === "string" ? el("td", { text: cell }) : el("td", {}, [cell]); }));
      }))
    ]);
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

  // ---- quality against cost
  var H = 440, L = 60, R = 20, T = 34, B = 52, plot, readout, cheapest, picks = {}, at = 0, dots = [];

  // How wide to draw: a phone gets a narrower drawing rather than smaller letters.
  function wide(node) { return Math.round(Math.min(760, Math.max(300, node.clientWidth || 760))); }

  function buildPlot() {
    var root = place("plot");
    if (!root) return;
    function select(name, label, options) {
      picks[name] = el("select", { onchange: function () { state[name] = picks[name].value; update(); } },
        Object.keys(options).map(function (id) { return el("option", { value: id, text: options[id].label }); }));
      return el("label", {}, [label + " ", picks[name]]);
    }
    plot = draw("svg", { class: "plot", tabindex: 0, role: "application",
      "aria-roledescription": "chart", "aria-label": "Candidates by quality and cost; arrow keys go from one to the next" });
    plot.addEventListener("keydown", function (event) {
      var by = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1 }[event.key];
      if (by === undefined || !dots.length) return;
      event.preventDefault();
      at = (at + by + dots.length) % dots.length;
      point(dots[at]);
    });
    readout = el("p", { class: "readout", "aria-live": "polite" });
    cheapest = el("div", { class: "scroll long", tabindex: 0, role: "region", "aria-label": "Pareto set" });
    root.append(el("div", { class: "choices" }, [select("y", "Up:", UPWARD), select("x", "Across:", AXES)]),
      el("div", { class: "split" }, [el("figure", {}, [plot]), el("div", {}, [readout, cheapest])]));
  }

  function point(dot) {
    plot.querySelectorAll(".on").forEach(function (node) { node.classList.remove("on"); });
    dot.node.classList.add("on");
    readout.textContent = dot.told;
  }

  function ticks(low, high) {
    var span = high - low || Math.abs(high) || 1, unit = Math.pow(10, Math.floor(Math.log10(span / 6)));
    var step = [1, 2, 5, 10, 20].map(function (f) { return f * unit; }).filter(function (s) { return span / s <= 6; })[0];
    var found = [];
    for (var n = Math.floor(low / step); n <= Math.ceil(high / step); n++) found.push(Number((n * step).toPrecision(12)));
    return found;
  }

  function showPlot(rows) {
    if (!plot) return;
    picks.x.value = state.x;
    picks.y.value = state.y;
    var axis = AXES[state.x], up = UPWARD[state.y], W = wide(plot.parentNode);
    plot.setAttribute("viewBox", "0 0 " + W + " " + H);
    plot.setAttribute("width", W);
    var points = rows.map(function (row) {
      return { id: row.id, x: along(row, state.x), y: up.of(row), row: row };
    }).filter(function (p) { return p.x !== null && p.x > 0 && p.y !== null; });
    plot.replaceChildren();
    dots = [];
    at = 0;
    if (!points.length) {
      readout.textContent = "Nothing to draw: no figures.";
      cheapest.replaceChildren();
      return;
    }
    var xs = points.map(function (p) { return Math.log10(p.x); }), ys = points.map(function (p) { return p.y; });
    var x0 = Math.min.apply(null, xs), x1 = Math.max.apply(null, xs), grid = ticks(Math.min.apply(null, ys), Math.max.apply(null, ys));
    if (x1 - x0 < 0.2) { x0 -= 0.1; x1 += 0.1; }
    function X(v) { return L + 14 + (Math.log10(v) - x0) / (x1 - x0) * (W - L - R - 28); }
    function Y(v) { return H - B - (v - grid[0]) / (grid[grid.length - 1] - grid[0]) * (H - T - B); }
    grid.forEach(function (v) {
      plot.append(draw("line", { class: "grid", x1: L, x2: W - R, y1: Y(v), y2: Y(v) }),
        draw("text", { class: "soft", x: L - 8, y: Y(v) + 4, "text-anchor": "end" }, digits(v, 3)));
    });
    marks(x0, x1, W / 85).forEach(function (v) {
      plot.append(draw("line", { class: "grid", x1: X(v), x2: X(v), y1: T, y2: H - B }),
        draw("text", { class: "soft", x: X(v), y: H - B + 18, "text-anchor": "middle" }, axis.unit ? amount(v, axis.unit) : size(v)));
    });
    plot.append(draw("text", { class: "soft", x: (L + W - R) / 2, y: H - 8, "text-anchor": "middle" }, axis.label),
      draw("text", { class: "soft", x: 0, y: 11 }, up.label));
    var front = Rank.front(points), names = front.map(function (p) { return p.id; });
    plot.append(draw("polyline", { class: "front-line", points: front.map(function (p) { return X(p.x) + "," + Y(p.y); }).join(" ") }));
    points.sort(function (a, b) { return a.x - b.x; }).forEach(function (p) {
      var best = names.indexOf(p.id) >= 0, first = p.id === rows[0].id, s = 6;
      var kind = "point" + (best ? " front" : "") + (first ? " first" : "");
      var node = best
        ? draw("path", { class: kind, d: "M" + X(p.x) + " " + (Y(p.y) - s) + "l" + s + " " + s + "l-" + s + " " + s + "l-" + s + " -" + s + "z" })
        : draw("circle", { class: kind, cx: X(p.x), cy: Y(p.y), r: 4 });
      var told = p.id + ": " + (axis.unit ? amount(p.x, axis.unit) : size(p.x)) + ", " + up.label + " " + digits(p.y, 3) + (best ? ", in the Pareto set" : "");
      var dot = { node: node, told: told };
      node.append(draw("title", {}, told));
      node.addEventListener("pointerenter", function () { point(dot); });
      dots.push(dot);
      plot.append(node);
    });
    labels(front, X, Y, W);
    readout.textContent = "Point at a model, or go from one to the next with the arrow keys.";
    cheapest.replaceChildren(plainTable("Pareto set, cheapest first", ["Pareto set, cheapest first", axis.label, up.label.split(",")[0]],
      front.map(function (p) {
        return [p.id, axis.unit ? amount(p.x, axis.unit) : size(p.x), digits(p.y, 3)];
      })));
  }

  // 1, 2 and 5 times powers of ten, of times the usual lengths, as many as have room.
  function marks(x0, x1, most) {
    var all = [];
    var bases = state.x === "training_hours" ? [1, 3, 10, 30, 60, 180, 600, 1800, 3600, 3 * 3600, 10 * 3600, 86400, 3 * 86400, 10 * 86400, 30 * 86400].map(function (seconds) { return seconds / 3600; }) : null;
    if (bases) all = bases;
    else for (var p = Math.floor(x0); p <= Math.ceil(x1); p++) [1, 2, 5].forEach(function (f) { all.push(f * Math.pow(10, p)); });
    all = all.filter(function (v) { return Math.log10(v) >= x0 - 1e-9 && Math.log10(v) <= x1 + 1e-9; });
    while (all.length > most) all = all.filter(function (v, i) { return i % 2 === 0; });
    return all;
  }

  // Names of the front where they lie on nothing: to the left of a point, else to its right.
  function labels(front, X, Y, W) {
    var taken = front.map(function (p) { return [X(p.x) - 7, Y(p.y) - 6, X(p.x) + 7, Y(p.y) + 6]; });
    front.slice().reverse().forEach(function (p) {
      var width = p.id.length * 6.4, free = [[X(p.x) - 11 - width, "end", -11], [X(p.x) + 11, "start", 11]].filter(function (side) {
        var box = [side[0], Y(p.y) - 7, side[0] + width, Y(p.y) + 7];
        return box[0] > L && box[2] < W && taken.every(function (t) { return box[2] < t[0] || box[0] > t[2] || box[3] < t[1] || box[1] > t[3]; });
      })[0];
      if (!free) return;
      taken.push([free[0], Y(p.y) - 7, free[0] + width, Y(p.y) + 7]);
      plot.append(draw("text", { class: "halo", x: X(p.x) + free[2], y: Y(p.y) + 4, "text-anchor": free[1] }, p.id));
    });
  }

  // ---- bars: who wins under how many weightings; who is kept out by what
  function short(label, most) { return label.length > most ? label.slice(0, most - 2) + "…" : label; }

  function bars(root, rows, told) {
    var most = Math.max.apply(null, rows.map(function (r) { return r.value; })), W = wide(root), left = Math.min(W / 2, 250, 14 + 6.8 * Math.max.apply(null, rows.map(function (r) { return r.label.length; })));
    var height = 26 * rows.length + 6, svg = draw("svg", { viewBox: "0 0 " + W + " " + height, width: W, role: "img" });
    svg.append(draw("title", {}, told));
    rows.forEach(function (r, i) {
      var y = 4 + 26 * i, width = Math.max(1, (W - left - 90) * r.value / most), begin = (W - left - 90) * (r.from || 0) / most;
      svg.append(draw("text", { x: left - 10, y: y + 14, "text-anchor": "end" }, short(r.label, left / 6.8)),
        draw("rect", { class: "fill " + (r.out ? "out" : ""), x: left + begin, y: y, width: width, height: 18, rx: 3 }),
        draw("text", { class: "soft", x: left + begin + width + 8, y: y + 14 }, r.shown));
    });
    root.replaceChildren(el("figure", {}, [svg]));
  }

  function showAcceptability() {
    var root = place("acceptability");
    if (!root) return;
    var wins = Rank.acceptability(Rank.admitted(DATA.contenders, state.lifted));
    var rows = Object.keys(wins).map(function (id) { return { label: id, value: wins[id], shown: (100 * wins[id]).toFixed(0) + " %" }; })
      .sort(function (a, b) { return b.value - a.value || (a.label < b.label ? -1 : 1); }).slice(0, 12);
    if (rows.length) bars(root, rows, "In what share of all weightings each comes first");
    else root.replaceChildren();
  }

  function showWaterfall(n) {
    var root = place("waterfall");
    if (!root) return;
    var counts = Rank.waterfall(DATA.contenders, DATA.outsiders, state.lifted), left = n;
    counts.forEach(function (c) { left += c[1]; });
    var rows = [{ label: "models", value: left, shown: String(left) }];
    counts.forEach(function (c) {
      left -= c[1];
      rows.push({ label: spaced(c[0]), value: c[1], from: left, shown: "−" + c[1], out: true });
    });
    rows.push({ label: "candidates", value: n, shown: String(n) });
    bars(root, rows, "How many models each limit keeps out");
  }

  var last = "";
  function update() {
    var rows = ranking(), weights = Rank.normalised(state.weights);
    showWeights(rows);
    showTable(rows, weights);
    showPlot(rows);
    if (last !== state.lifted.join()) { showAcceptability(); showWaterfall(rows.length); }
    last = state.lifted.join();
    var pick = rows.length ? rows[0].id : "nothing";
    if (changed()) say("First by these weights and limits: " + pick);
    keep();
  }

  read();
  buildWeights();
  buildTable();
  buildPlot();
  last = null;
  update();
  addEventListener("resize", function () { last = null; update(); });
  addEventListener("hashchange", function () { if (read()) update(); });
})();
