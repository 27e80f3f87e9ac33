// The state of a ranking: its weights, lifted limits, order, axes; and the address after '#', which
// keeps it, so that a link shows the same.

var DATA = JSON.parse(document.getElementById("ranking-data").textContent);
var SVG = "http://www.w3.org/2000/svg", CRITERIA = DATA.criteria;
var start = {
  weights: CRITERIA.map(function (c) { return c.weight; }), lifted: [], find: "", all: false,
  sort: "", x: "training_hours", y: "standing", open: []
};
var state = copied(start);

function copied(one) { return JSON.parse(JSON.stringify(one)); }

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
