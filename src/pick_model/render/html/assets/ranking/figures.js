// Words and figures, as the terminal writes them.

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
