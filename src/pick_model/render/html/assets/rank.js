// The arithmetic of the ranking, as the program does it; nothing here knows of a page.
// A contender: {id, values: [[value, low, high] of each criterion], breaks: [[limit, constraint]],
// doubts: [limit], doubtful, outdoneBy: [id], worth, hours}.
"use strict";

var Rank = (function () {
  // What is presumed equal: scores are ordered by twelve places, money by nine, then by id.
  var PLACES = 12, MONEY_PLACES = 9, HAIR = 1e-3, SAME = 1e-12, STEPS = 6;

  function total(numbers) {
    return numbers.reduce(function (sum, one) { return sum + one; }, 0);
  }

  // Scaled to sum to 1; null where nothing is left to weigh.
  function normalised(raw) {
    var sum = total(raw);
    if (!(sum > 0) || !isFinite(sum) || raw.some(function (w) { return !(w >= 0); })) return null;
    return raw.map(function (w) { return w / sum; });
  }

  // Σ weight × value; half-widths add in quadrature.
  function weighted(values, weights) {
    var score = 0, down = 0, up = 0;
    values.forEach(function (value, i) {
      var below = weights[i] * (value[0] - value[1]), above = weights[i] * (value[2] - value[0]);
      score += weights[i] * value[0];
      down += below * below;
      up += above * above;
    });
    return [score, Math.max(score - Math.sqrt(down), 0), Math.min(score + Math.sqrt(up), 1)];
  }

  function byText(a, b) { return a < b ? -1 : a > b ? 1 : 0; }

  function tied(better, worse) {
    var down = better.score[0] - better.score[1], up = worse.score[2] - worse.score[0];
    return better.score[0] - worse.score[0] <= Math.sqrt(down * down + up * up);
  }

  // Best first; a group is opened by its best and takes those that it does not surely beat.
  function byScore(some, offset) {
    some.forEach(function (one) { one.key = Number(one.score[0].toFixed(PLACES)); });
    some.sort(function (a, b) { return b.key - a.key || byText(a.id, b.id); });
    var leader = null, place = 1;
    some.forEach(function (one, i) {
      if (leader === null || !tied(leader, one)) { leader = one; place = i + 1; }
      one.rank = place + offset;
    });
    return some;
  }

  function byMoney(some, offset) {
    some.forEach(function (one) { one.key = Number(one.net.toFixed(MONEY_PLACES)); });
    some.sort(function (a, b) { return b.key - a.key || byText(a.id, b.id); });
    some.forEach(function (one, i) { one.rank = i + 1 + offset; });
    return some;
  }

  function stands(names, lifted) {
    return names.some(function (name) { return lifted.indexOf(name) < 0; });
  }

  // The constraint of the first limit that a model breaks and that still holds; null for none.
  function firstBroken(one, lifted) {
    var left = one.breaks.filter(function (broken) { return lifted.indexOf(broken[0]) < 0; });
    return left.length ? left[0][1] : null;
  }

  // Those that no limit keeps out, when the limits named in `lifted` are no more.
  function admitted(contenders, lifted) {
    return contenders.filter(function (one) { return firstBroken(one, lifted) === null; });
  }

  // Why each of them comes after all others, by id: null where nothing speaks against it, "" where
  // it is expected to break a limit that it may keep, else the later version that outdoes it and
  // does not come last for a limit.
  function behind(inside, lifted) {
    var sure = {}, why = {};
    inside.forEach(function (c) { sure[c.id] = !c.doubtful && !stands(c.doubts, lifted); });
    inside.forEach(function (c) {
      var later = c.outdoneBy.filter(function (id) { return sure[id]; });
      why[c.id] = later.length ? later[0] : sure[c.id] ? null : "";
    });
    return why;
  }

  // Those that can come first; all where nobody else can.
  function leading(contenders, lifted) {
    var inside = admitted(contenders, lifted), why = behind(inside, lifted);
    var first = inside.filter(function (c) { return why[c.id] === null; });
    return first.length ? first : inside;
  }

  // The ranking: [{id, rank, score: [value, low, high], net, behind, of: contender}], best first;
  // whoever is behind comes last.
  function ranked(contenders, weights, lifted, price) {
    var inside = admitted(contenders, lifted), why = behind(inside, lifted);
    var known = inside.map(function (c) { return c.hours; })
      .filter(function (h) { return h !== null; });
    var dearest = known.length ? Math.max.apply(null, known) : 0;
    var money = inside.some(function (c) { return c.worth !== null; });
    var first = [], last = [];
    inside.forEach(function (c) {
      var one = { id: c.id, score: weighted(c.values, weights), net: null, behind: why[c.id], of: c };
      if (money) one.net = c.worth - price * (c.hours === null ? dearest : c.hours);
      (one.behind === null ? first : last).push(one);
    });
    var order = money ? byMoney : byScore;
    return order(first, 0).concat(order(last, first.length));
  }

  // How many each constraint rejects: a model counts for the first of those it breaks.
  // outsiders: {constraint, breaks, n}: how many no lifted limit lets in.
  function waterfall(contenders, outsiders, lifted) {
    var counts = {};
    function count(name, n) { counts[name] = (counts[name] || 0) + n; }
    outsiders.forEach(function (some) { count(firstBroken(some, lifted) || some.constraint, some.n); });
    contenders.forEach(function (one) {
      var first = firstBroken(one, lifted);
      if (first !== null) count(first, 1);
    });
    return Object.keys(counts).map(function (name) { return [name, counts[name]]; })
      .sort(function (a, b) { return b[1] - a[1] || byText(a[0], b[0]); });
  }

  // Those that no other matches to within a hair on all criteria.
  function undominated(contenders) {
    var points = contenders.map(function (c) {
      var point = c.values.map(function (v) { return v[0]; });
      return { id: c.id, point: point, sum: total(point) };
    });
    points.sort(function (a, b) { return b.sum - a.sum || byText(a.id, b.id); });
    var kept = [];
    points.forEach(function (one) {
      var beaten = kept.some(function (other) {
        return other.point.every(function (v, i) { return v >= one.point[i] - HAIR; });
      });
      if (!beaten) kept.push(one);
    });
    return kept;
  }

  function weightings(parts, steps) {
    if (parts === 1) return [[steps]];
    var all = [];
    for (var first = 0; first <= steps; first++) {
      weightings(parts - 1, steps - first).forEach(function (rest) { all.push([first].concat(rest)); });
    }
    return all;
  }

  // In what share of all weightings each comes first; those that never do are left out.
  function acceptability(contenders) {
    var kept = undominated(contenders), wins = {}, grid = [];
    if (!kept.length) return wins;
    grid = weightings(kept[0].point.length, STEPS);
    grid.forEach(function (weights) {
      var best = -1, winner = 0;
      kept.forEach(function (one, i) {
        var value = 0;
        one.point.forEach(function (v, k) { value += weights[k] * v; });
        if (value > best + SAME) { best = value; winner = i; }
      });
      wins[kept[winner].id] = (wins[kept[winner].id] || 0) + 1 / grid.length;
    });
    return wins;
  }

  // The Pareto set of points {x, y, id}: less of x, more of y; cheapest first.
  function front(points) {
    var best = -Infinity;
    return points.slice().sort(function (a, b) {
      return a.x - b.x || b.y - a.y || byText(a.id, b.id);
    }).filter(function (p) {
      if (p.y > best) { best = p.y; return true; }
      return false;
    });
  }

  return {
    normalised: normalised, weighted: weighted, admitted: admitted, leading: leading, ranked: ranked,
    waterfall: waterfall, acceptability: acceptability, front: front
  };
})();
