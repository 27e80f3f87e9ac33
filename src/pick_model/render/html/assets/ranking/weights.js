// The weights as a bar whose edges can be dragged, the limits that can be lifted, and what it changed.

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
