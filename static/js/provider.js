/* The wizard: uploads inside the form, rows of tables, answers of the autosave. Every page works without it.
   All words come from the page (data- attributes), never from here. */
(() => {
  "use strict";
  const $ = (selector, root) => (root || document).querySelector(selector);
  const $$ = (selector, root) => Array.from((root || document).querySelectorAll(selector));
  const form = $("#section-form");
  if (!form) return;
  const csrf = $("input[name=csrfmiddlewaretoken]", form).value;

  /* ---- Uploads: each file goes at once, with its progress, and is checked by the server ---- */
  $$("[data-upload-field]", form).forEach((box) => {
    const input = $("input[type=file]", box), bar = $("progress", box), line = $("[data-upload-say]", box), now = $("[data-file-now]", box);
    const say = (text, bad) => { line.textContent = text || ""; line.classList.toggle("is-bad", Boolean(bad)); };
    input.addEventListener("change", () => {
      const file = input.files[0];
      if (!file) return;
      if (file.size > Number(form.dataset.max)) { say(form.dataset.largeText, true); input.value = ""; return; }
      const data = new FormData();
      data.append("key", box.dataset.uploadField);
      data.append("file", file);
      const request = new XMLHttpRequest();
      request.open("POST", form.dataset.uploadUrl);
      request.setRequestHeader("X-CSRFToken", csrf);
      request.setRequestHeader("X-Requested-With", "XMLHttpRequest");
      request.upload.addEventListener("progress", (event) => {
        if (!event.lengthComputable) return;
        const share = Math.round((100 * event.loaded) / event.total);
        bar.hidden = false; bar.max = 100; bar.value = share;
        say(share < 100 ? `${form.dataset.workingText} ${share}%` : form.dataset.checkingText);
      });
      const done = () => { bar.hidden = true; input.value = ""; };
      request.addEventListener("load", () => {
        done();
        let told = {};
        try { told = JSON.parse(request.responseText); } catch (error) { told = {}; }
        if (request.status < 300 && told.html) {
          now.innerHTML = told.html;
          say("");
          const wrong = $("[data-problem]", box.closest("[data-field]"));
          if (wrong) wrong.textContent = "";
        } else say(told.error || form.dataset.failedText, true);
      });
      request.addEventListener("error", () => { done(); say(form.dataset.failedText, true); });
      request.send(data);
    });
  });

  /* ---- Rows of tables ---- */
  form.addEventListener("click", (event) => {
    const add = event.target.closest("[data-add-row]"), remove = event.target.closest("[data-remove-row]");
    if (add) {
      event.preventDefault();
      const table = add.closest("[data-rows]"), body = $("tbody", table);
      const indexes = $$("[name]", body).map((one) => Number((/-(\d+)(?:-[a-z_]+)?$/.exec(one.name === "remove_row" ? one.value : one.name) || [])[1] || 0));
      const next = Math.max(-1, ...indexes) + 1;
      const holder = document.createElement("tbody");
      holder.innerHTML = $("template", table).innerHTML.replaceAll("__row__", String(next));
      const row = holder.firstElementChild;
      body.append(row);
      const first = $("input, select", row);
      if (first) first.focus();
    }
    if (remove) {
      event.preventDefault();
      const row = remove.closest("tr"), body = row.parentElement, table = row.closest("[data-rows]");
      row.remove();
      const target = $("tr:last-child input, tr:last-child select", body) || $("[data-add-row]", table);
      if (target) target.focus();
      (body.closest("[data-field]") || form).dispatchEvent(new Event("change", { bubbles: true }));
    }
  });

  /* ---- What was found right is so no more once it is changed ---- */
  form.addEventListener("input", (event) => {
    const box = event.target.closest("[data-field]");
    const mark = box && $("[data-verified]", box);
    if (mark) mark.hidden = true;
  });

  /* ---- What the autosave answers: problems beside their fields, stops, the derived type ---- */
  form.addEventListener("portal:saved", (event) => {
    const told = event.detail || {};
    if (Array.isArray(told.problems)) {
      const byField = new Map();
      told.problems.forEach((problem) => byField.set(problem.field, (byField.get(problem.field) || []).concat(problem)));
      $$("[data-field]", form).forEach((box) => {
        const place = $("[data-problem]", box);
        if (!place || box.contains(document.activeElement)) return;
        const own = byField.get(box.dataset.field) || [];
        place.replaceChildren(...own.map((problem) => {
          const line = document.createElement("p");
          line.className = problem.severity === "error" ? "p-field__err" : "p-sm pv-warn";
          line.textContent = problem.message;
          return line;
        }));
      });
    }
    const stops = $("[data-stops]");
    if (stops && Array.isArray(told.stops)) {
      stops.hidden = !told.stops.length;
      $("ul", stops).replaceChildren(...told.stops.map((text) => { const line = document.createElement("li"); line.textContent = text; return line; }));
    }
    const derived = $("[data-derived]", form);
    if (derived && told.derived) derived.innerHTML = told.derived;
  });
})();
