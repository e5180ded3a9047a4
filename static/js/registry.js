// Filters apply as they are chosen; without script the buttons do it.
(() => {
  for (const form of document.querySelectorAll("[data-registry-filter]")) {
    for (const button of form.querySelectorAll("[data-registry-apply]")) button.hidden = true;
    form.addEventListener("change", () => form.requestSubmit());
    form.addEventListener("formdata", (event) => {
      for (const [name, value] of [...event.formData]) if (value === "") event.formData.delete(name);
    });
  }
  for (const button of document.querySelectorAll("[data-registry-copy]")) {
    button.hidden = false;
    button.addEventListener("click", async () => {
      const source = document.getElementById(button.dataset.registryCopy);
      await navigator.clipboard.writeText(source.textContent.trim());
      const said = document.getElementById(button.dataset.registrySaid);
      said.textContent = button.dataset.registryDone;
    });
  }
})();
