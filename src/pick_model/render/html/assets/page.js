// What every page does: sort and filter its tables, copy its commands, light and dark.
"use strict";

(function () {
  function say(text) { document.getElementById("said").textContent = text; }

  function orderOf(row, column) {
    var cell = row.cells[column], number = cell.getAttribute("data-order");
    return number === null ? cell.textContent.trim() : Number(number);
  }

  function compared(a, b) {
    if (typeof a === "number" && typeof b === "number") return a - b;
    if (typeof a === "number") return -1;  // what is unknown stands last
    if (typeof b === "number") return 1;
    return a.localeCompare(b, "en", { numeric: true });
  }

  document.querySelectorAll("table[data-sort]").forEach(function (table) {
    var body = table.tBodies[0], heads = Array.from(table.tHead.rows[0].cells);
    heads.forEach(function (head, column) {
      var button = document.createElement("button");
      button.type = "button";
      button.textContent = head.textContent;
      head.textContent = "";
      head.appendChild(button);
      if (Array.from(body.rows).some(function (row) { return row.cells[column].classList.contains("number"); })) {
        head.classList.add("number");
      }
      button.addEventListener("click", function () {
        var up = head.getAttribute("aria-sort") !== "ascending";
        heads.forEach(function (other) { other.removeAttribute("aria-sort"); });
        head.setAttribute("aria-sort", up ? "ascending" : "descending");
        Array.from(body.rows).map(function (row) { return [orderOf(row, column), row]; })
          .sort(function (a, b) { return (up ? 1 : -1) * compared(a[0], b[0]); })
          .forEach(function (pair) { body.appendChild(pair[1]); });
        say("sorted by " + button.textContent + (up ? ", ascending" : ", descending"));
      });
    });
  });

  document.querySelectorAll("input[data-find]").forEach(function (input) {
    var holder = input.closest(".table");
    input.addEventListener("input", function () {
      var wanted = input.value.trim().toLowerCase(), n = 0;
      Array.from(holder.querySelector("tbody").rows).forEach(function (row) {
        row.hidden = row.textContent.toLowerCase().indexOf(wanted) < 0;
        if (!row.hidden) n += 1;
      });
      holder.querySelector(".none").hidden = n > 0;
      say(n + " rows");
    });
  });

  document.addEventListener("click", function (event) {
    var button = event.target.closest("[data-copy]");
    if (!button) return;
    var code = button.previousElementSibling;
    var range = document.createRange();
    range.selectNodeContents(code);
    getSelection().removeAllRanges();
    getSelection().addRange(range);
    // Pages from disk have no clipboard of their own; the selection is there to be copied.
    var done = navigator.clipboard
      ? navigator.clipboard.writeText(code.textContent).then(function () { return true; },
        function () { return document.execCommand("copy"); })
      : Promise.resolve(document.execCommand("copy"));
    done.then(function (copied) {
      button.textContent = copied ? "Copied" : "Selected";
      say(button.textContent);
      setTimeout(function () { button.textContent = "Copy"; }, 1500);
    });
  });

  document.querySelector("[data-theme-button]").addEventListener("click", function () {
    var root = document.documentElement;
    var dark = root.dataset.theme
      ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = dark ? "light" : "dark";
  });
})();
