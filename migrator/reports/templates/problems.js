(function () {
  "use strict";
  var PAGE = 25;
  var data = JSON.parse(document.getElementById("problem-data").textContent);
  var search = document.getElementById("problem-search");
  var kind = document.getElementById("problem-kind");
  var body = document.getElementById("problem-rows");
  var count = document.getElementById("problem-count");
  var back = document.getElementById("problem-back");
  var next = document.getElementById("problem-next");
  var found = data.rows;
  var start = 0;
  var later = 0;

  function texts(row) {
    return [
      row[3],
      row[2] ? data.places[row[1]] + ", row " + row[2] : "",
      data.codes[row[0]],
      data.columns[row[4]],
      row[5],
      data.messages[row[6]].split("\u0001").join(row[5])
    ];
  }

  function draw() {
    var lines = document.createDocumentFragment();
    found.slice(start, start + PAGE).forEach(function (row) {
      var line = document.createElement("tr");
      texts(row).forEach(function (text, position) {
        var cell = document.createElement(position ? "td" : "th");
        if (!position) { cell.scope = "row"; }
        cell.textContent = text;
        line.appendChild(cell);
      });
      lines.appendChild(line);
    });
    body.replaceChildren(lines);
    var last = Math.min(start + PAGE, found.length);
    count.textContent = found.length
      ? (start + 1).toLocaleString("en") + " to " + last.toLocaleString("en") + " of " + found.length.toLocaleString("en")
      : "Nothing fits.";
    back.disabled = start === 0;
    next.disabled = last >= found.length;
  }

  function filter() {
    var words = search.value.toLocaleLowerCase().split(/\s+/).filter(Boolean);
    var code = kind.value ? data.codes.indexOf(kind.value) : null;
    found = data.rows.filter(function (row) {
      if (code !== null && row[0] !== code) { return false; }
      if (!words.length) { return true; }
      var text = texts(row).join("\n").toLocaleLowerCase();
      return words.every(function (word) { return text.indexOf(word) >= 0; });
    });
    start = 0;
    draw();
  }

  search.addEventListener("input", function () {
    window.clearTimeout(later);
    later = window.setTimeout(filter, 150);
  });
  kind.addEventListener("change", filter);
  back.addEventListener("click", function () { start = Math.max(0, start - PAGE); draw(); });
  next.addEventListener("click", function () { start += PAGE; draw(); });
  document.querySelectorAll("button.show-all").forEach(function (button) {
    button.hidden = false;
    button.addEventListener("click", function () {
      search.value = "";
      kind.value = button.dataset.code;
      filter();
      search.focus();
    });
  });
  document.getElementById("problem-list").hidden = false;
  draw();
})();
