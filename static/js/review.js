/* The review workspace's own script; every page works without it. */
(() => {
  "use strict";
  const ready = (root) => {
    const note = root.querySelector("[data-autofocus]");
    if (note) note.focus();
    root.querySelectorAll("[data-all-yes]").forEach((button) => {
      button.hidden = false;
      button.addEventListener("click", () => {
        const form = button.form;
        form.querySelectorAll("fieldset").forEach((row) => {
          const boxes = Array.from(row.querySelectorAll("input[type=radio]"));
          if (boxes.length && !boxes.some((box) => box.checked)) boxes[0].checked = true;
        });
      });
    });
  };
  ready(document);
  document.addEventListener("htmx:afterSwap", (event) => ready(document.getElementById("work") || event.target));
  // The case has moved on, or the session has ended: show the page as it is now.
  document.addEventListener("htmx:responseError", () => location.assign(location.pathname + location.search));
})();
