/// The page's script: sorting and searching of the class table, and which tables go on sideways, nothing else. Everything is
/// there without it.
///
/// It has neither `<` nor `&`, so that the page stays well-formed XML.
enum ReportScript {
    static let source = """
        "use strict";
        (function () {
          var places = Array.from(document.querySelectorAll(".scroll"));

          // What does not scroll is no stop on the way through the page by keyboard.
          function look(place) {
            var goesOn = place.scrollWidth - place.clientWidth > 1;
            var hint = place.previousElementSibling;
            hint.classList.toggle("on", goesOn);
            hint.classList.toggle("off", !goesOn);
            if (goesOn || place.scrollHeight - place.clientHeight > 1) place.tabIndex = 0;
            else place.removeAttribute("tabindex");
          }

          if (window.ResizeObserver) {
            var observer = new ResizeObserver(function (entries) {
              entries.forEach(function (entry) { look(entry.target); });
            });
            places.forEach(function (place) { observer.observe(place); });
          }
        })();
        (function () {
          var table = document.getElementById("class-table");
          if (!table) return;
          var body = table.tBodies[0];
          var rows = Array.from(body.rows);
          var heads = Array.from(table.tHead.rows[0].cells);

          function value(row, column) {
            var text = row.cells[column].textContent.trim();
            var number = parseFloat(text);
            return column === 0 ? text.toLowerCase() : isNaN(number) ? -1 : number;
          }

          function sort(column, sign) {
            var keyed = rows.map(function (row, place) { return [value(row, column), place, row]; });
            keyed.sort(function (a, b) {
              if (a[0] > b[0]) return sign;
              if (b[0] > a[0]) return -sign;
              return a[1] - b[1];
            });
            var all = document.createDocumentFragment();
            keyed.forEach(function (entry) { all.appendChild(entry[2]); });
            body.appendChild(all);
          }

          heads.forEach(function (head, column) {
            if (head.className === "plot") return;
            var button = document.createElement("button");
            button.type = "button";
            button.textContent = head.textContent;
            head.textContent = "";
            head.appendChild(button);
            button.addEventListener("click", function () {
              var falls = head.getAttribute("aria-sort") === "ascending";
              heads.forEach(function (other) { other.removeAttribute("aria-sort"); });
              head.setAttribute("aria-sort", falls ? "descending" : "ascending");
              sort(column, falls ? -1 : 1);
            });
          });

          var tools = document.querySelector(".tools");
          var search = document.getElementById("search");
          var found = document.getElementById("found");
          var texts = rows.map(function (row) { return row.cells[0].textContent.toLowerCase(); });
          search.addEventListener("input", function () {
            var words = search.value.toLowerCase().split(" ");
            var count = 0;
            rows.forEach(function (row, place) {
              var shown = words.every(function (word) { return texts[place].includes(word); });
              row.hidden = !shown;
              if (shown) count += 1;
            });
            found.textContent = search.value ? count + " of " + rows.length : "";
          });
          tools.hidden = false;
        })();
        """
}
