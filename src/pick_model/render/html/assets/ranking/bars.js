// Bars: who wins under how many weightings, and who is kept out by what.

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
  var wins = Rank.acceptability(Rank.leading(DATA.contenders, state.lifted));
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
