// Quality against cost, on axes to choose, with the Pareto set.

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
