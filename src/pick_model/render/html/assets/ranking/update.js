// Everything is shown anew from the state, at the start and after each change.

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
