// Elements of the page and of drawings; texts are always text.

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
