/* The portal's own script: small, no framework, and every page works without it.
   All words come from the page (data- attributes), never from here. */
(() => {
  "use strict";
  const $ = (selector, root) => (root || document).querySelector(selector);
  const $$ = (selector, root) => Array.from((root || document).querySelectorAll(selector));
  const csrf = () => {
    const field = $("input[name=csrfmiddlewaretoken]");
    return field ? field.value : "";
  };
  const clock = () => new Date().toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit", timeZone: "Asia/Shanghai" });

  /* ---- Menus: Escape and a click elsewhere close them ---- */
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    $$("details[data-menu][open]").forEach((menu) => {
      menu.open = false;
      if (menu.contains(document.activeElement)) $("summary", menu).focus();
    });
  });
  document.addEventListener("click", (event) => {
    $$("details[data-menu][open]").forEach((menu) => { if (!menu.contains(event.target)) menu.open = false; });
  });

  /* ---- The error summary takes the focus, so that it is read first ---- */
  const summary = $("[data-focus]");
  if (summary) summary.focus({ preventScroll: false });

  /* ---- Parts that apply only now and then: data-shown-when="field=a|b" (or field!=a) ---- */
  const valuesOf = (form, name) => $$(`[name="${CSS.escape(name)}"]`, form).flatMap((input) => {
    if (input.type === "checkbox" || input.type === "radio") return input.checked ? [input.value] : [];
    if (input.multiple) return Array.from(input.selectedOptions, (option) => option.value);
    return [input.value];
  });
  const applies = (form, rule) => rule.split("&").every((part) => {
    const not = part.includes("!=");
    const [name, wanted] = part.split(not ? "!=" : "=");
    const hit = valuesOf(form, name.trim()).some((value) => (wanted || "").trim().split("|").includes(value));
    return not ? !hit : hit;
  });
  const arrange = (root) => $$("[data-shown-when]", root).forEach((part) => {
    const form = part.closest("form") || document;
    const shown = applies(form, part.dataset.shownWhen);
    part.hidden = !shown;
    $$("input, select, textarea", part).forEach((input) => {
      if (!shown && !input.disabled) { input.disabled = true; input.dataset.hiddenByPart = "1"; }
      if (shown && input.dataset.hiddenByPart) { input.disabled = false; delete input.dataset.hiddenByPart; }
    });
  });
  arrange(document);
  document.addEventListener("change", (event) => { if (event.target.form) arrange(event.target.form); });
  document.addEventListener("htmx:load", (event) => arrange(event.target));

  /* ---- Autosave: <form data-autosave="url" data-user="id"> with a [data-saved-line] inside ----
     data-saved-text, data-saving-text, data-failed-text, data-signin-text, data-signin-url, data-restored-text
     stand on that line. What is not yet on the server is kept in this tab, also across a sign-in. */
  const store = {
    get: (key) => { try { return JSON.parse(sessionStorage.getItem(key) || "null"); } catch (error) { return null; } },
    set: (key, value) => { try { sessionStorage.setItem(key, JSON.stringify(value)); } catch (error) { /* a full or closed store loses nothing that the server has */ } },
    drop: (key) => { try { sessionStorage.removeItem(key); } catch (error) { /* as above */ } },
  };
  // A form was sent and the answer was the sign-in page: keep its text. Any other answer: the server has it.
  const pending = store.get("pending-form");
  if (pending && document.body.classList.contains("p-entrance")) store.set("pending-form", { key: pending.key, signedOut: true });
  else if (pending) { if (!pending.signedOut) store.drop(pending.key); store.drop("pending-form"); }

  const autosave = (form) => {
    const url = form.dataset.autosave || form.action;
    const key = `unsent:${form.dataset.user || ""}:${location.pathname}:${form.id || ""}`;
    const line = $("[data-saved-line]", form) || $("[data-saved-line]");
    let timer = 0, running = false, again = false, dirty = false, all = false;
    // Only fields that were changed here are sent: the same page may be open on another device, with newer answers.
    let changed = new Set();
    const known = new WeakMap();
    const note = (input) => { const box = input.closest("[data-field]"); if (box) changed.add(box.dataset.field); else all = true; };
    const say = (text, state, link) => {
      if (!line) return;
      line.textContent = text || "";
      line.classList.toggle("is-bad", state === "bad");
      line.classList.toggle("is-busy", state === "busy");
      if (link) { line.append(" "); const a = document.createElement("a"); a.href = link; a.textContent = line.dataset.signinText || ""; line.append(a); }
    };
    const skipped = (name) => name === "csrfmiddlewaretoken";
    const keep = () => {
      const pairs = Array.from(new FormData(form)).filter(([name, value]) => typeof value === "string" && !skipped(name));
      store.set(key, pairs);
    };
    const forget = () => store.drop(key);
    const restore = () => {
      const pairs = store.get(key);
      if (!pairs) return;
      const given = new Map();
      pairs.forEach(([name, value]) => given.set(name, (given.get(name) || []).concat(value)));
      Array.from(form.elements).forEach((input) => {
        if (!input.name || skipped(input.name) || input.type === "file" || input.type === "submit" || input.type === "hidden") return;
        const values = given.get(input.name) || [], before = input.value, ticked = input.checked;
        if (input.type === "checkbox" || input.type === "radio") input.checked = values.includes(input.value);
        else if (input.multiple) Array.from(input.options).forEach((option) => { option.selected = values.includes(option.value); });
        else if (values.length) input.value = values.shift();
        if (input.multiple || input.value !== before || input.checked !== ticked) note(input);
      });
      arrange(form);
      if (line && line.dataset.restoredText) say(line.dataset.restoredText, "busy");
      dirty = true;
      timer = setTimeout(send, 300);
    };
    const send = async () => {
      clearTimeout(timer);
      if (running) { again = true; return; }
      running = true; again = false;
      say(line && line.dataset.savingText, "busy");
      const data = new FormData(form);
      Array.from(data.entries()).forEach(([name, value]) => { if (value instanceof File) data.delete(name); });
      if (!all) {
        const own = data.getAll("present").filter((key) => changed.has(key));
        data.delete("present");
        own.forEach((key) => data.append("present", key));
      }
      const sent = changed, whole = all;
      changed = new Set(); all = false;
      const unsent = () => { sent.forEach((key) => changed.add(key)); all = all || whole; };
      try {
        const answer = await fetch(url, { method: "POST", body: data, credentials: "same-origin", redirect: "manual", headers: { "X-CSRFToken": csrf(), "X-Requested-With": "XMLHttpRequest", Accept: "application/json" } });
        if (answer.ok) {
          if (!again) { dirty = false; forget(); }
          const told = (answer.headers.get("Content-Type") || "").includes("json") ? await answer.json() : {};
          say(`${(line && line.dataset.savedText) || ""} ${told.at || clock()}`.trim(), "ok");
          form.dispatchEvent(new CustomEvent("portal:saved", { bubbles: true, detail: told }));
        } else if (answer.status === 401 || answer.status === 403 || answer.type === "opaqueredirect") {
          unsent();
          const back = encodeURIComponent(location.pathname + location.search);
          say(line && line.dataset.failedText, "bad", `${(line && line.dataset.signinUrl) || "/accounts/login/"}?next=${back}`);
        } else {
          unsent();
          say(line && line.dataset.failedText, "bad");
          timer = setTimeout(send, 10000);
        }
      } catch (error) {
        unsent();
        say(line && line.dataset.failedText, "bad");
        timer = setTimeout(send, 10000);
      }
      running = false;
      if (again) send();
    };
    const touched = (event) => {
      if (event.target.type === "file" || event.target.closest("[data-no-autosave]")) return;
      const input = event.target, typed = "value" in input && !/^(checkbox|radio)$/.test(input.type) && !input.multiple;
      // Leaving a field says once more what was typed; it may have been saved since.
      if (typed && event.type === "change" && known.get(input) === input.value) { if (!dirty) return; }
      else note(input);
      if (typed) known.set(input, input.value);
      dirty = true; keep(); clearTimeout(timer); timer = setTimeout(send, event.type === "change" ? 250 : 1200);
    };
    form.addEventListener("input", touched);
    form.addEventListener("change", touched);
    form.addEventListener("submit", () => { clearTimeout(timer); dirty = false; keep(); store.set("pending-form", { key }); });
    window.addEventListener("pagehide", () => { if (dirty) keep(); });
    document.addEventListener("visibilitychange", () => { if (document.hidden && dirty) send(); });
    restore();
  };
  $$("form[data-autosave]").forEach(autosave);

  /* ---- A question before what cannot be undone: <button data-confirm="…" data-confirm-yes="…"> ---- */
  const asked = new WeakSet();
  const ask = (button, go) => {
    const box = $("dialog#confirm");
    if (!box || !box.showModal) { go(); return; }
    $("#confirm-text", box).textContent = button.dataset.confirm;
    const yes = $("button[value=yes]", box);
    yes.textContent = button.dataset.confirmYes || yes.dataset.default || yes.textContent;
    box.returnValue = "";
    box.addEventListener("close", () => { if (box.returnValue === "yes") go(); else button.focus(); }, { once: true });
    box.showModal();
  };
  document.addEventListener("click", (event) => {
    const button = event.target.closest("button[data-confirm], a[data-confirm]");
    if (!button || asked.has(button)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    ask(button, () => { asked.add(button); button.click(); asked.delete(button); });
  }, true);

  /* ---- A form is sent once: data-once (all POST forms but those that stay on the page) ---- */
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post" || form.hasAttribute("data-upload") || form.hasAttribute("hx-post") || form.closest("[data-many]")) return;
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "1";
    $$("button:not([type=button])", form).forEach((button) => button.setAttribute("aria-busy", "true"));
    setTimeout(() => { delete form.dataset.sent; $$("[aria-busy]", form).forEach((button) => button.removeAttribute("aria-busy")); }, 8000);
  });
  window.addEventListener("pageshow", () => $$("form[data-sent]").forEach((form) => {
    delete form.dataset.sent;
    $$("[aria-busy]", form).forEach((button) => button.removeAttribute("aria-busy"));
  }));

  /* ---- Uploads with progress: <form data-upload> with input[type=file], <progress hidden>, [data-upload-say]
     data-working-text, data-failed-text, data-large-text and data-max (bytes) stand on the form. ---- */
  $$("form[data-upload]").forEach((form) => {
    const bar = $("progress", form), line = $("[data-upload-say]", form), input = $("input[type=file]", form);
    const say = (text, bad) => { if (line) { line.textContent = text; line.classList.toggle("is-bad", Boolean(bad)); } };
    const send = () => {
      const large = Array.from(input.files || []).some((file) => form.dataset.max && file.size > Number(form.dataset.max));
      if (large) { say(form.dataset.largeText || "", true); return; }
      const request = new XMLHttpRequest();
      request.open("POST", form.action || location.href);
      request.setRequestHeader("X-CSRFToken", csrf());
      request.setRequestHeader("X-Requested-With", "XMLHttpRequest");
      request.upload.addEventListener("progress", (event) => {
        if (!event.lengthComputable) return;
        const share = Math.round((100 * event.loaded) / event.total);
        if (bar) { bar.hidden = false; bar.max = 100; bar.value = share; }
        say(`${form.dataset.workingText || ""} ${share}%`);
      });
      request.addEventListener("load", () => {
        if (bar) bar.hidden = true;
        let told = {};
        try { told = JSON.parse(request.responseText); } catch (error) { told = {}; }
        if (request.status < 300) { say(""); location.assign(told.next || location.href); if (!told.next) location.reload(); }
        else say(told.detail || told.error || form.dataset.failedText || "", true);
        input.value = "";
      });
      request.addEventListener("error", () => { if (bar) bar.hidden = true; say(form.dataset.failedText || "", true); });
      request.send(new FormData(form));
    };
    form.addEventListener("submit", (event) => { if (input.files && input.files.length) { event.preventDefault(); send(); } });
    input.addEventListener("change", () => { if (input.files.length) send(); });
  });

  /* ---- Queue: "select all", count of the selected, rows marked ---- */
  $$("[data-select]").forEach((area) => {
    const boxes = () => $$("tbody input[type=checkbox]", area), all = $("[data-select-all]", area), count = $("[data-select-count]", area), bar = $("[data-select-bar]", area);
    const show = () => {
      const chosen = boxes().filter((box) => box.checked);
      boxes().forEach((box) => { const row = box.closest("tr"); if (row) row.classList.toggle("is-sel", box.checked); });
      if (count) count.textContent = String(chosen.length);
      if (bar) bar.hidden = !chosen.length;
      if (all) { all.checked = chosen.length > 0 && chosen.length === boxes().length; all.indeterminate = chosen.length > 0 && !all.checked; }
    };
    area.addEventListener("change", (event) => { if (event.target === all) boxes().forEach((box) => { box.checked = all.checked; }); show(); });
    area.addEventListener("click", (event) => { if (event.target.closest("[data-select-none]")) { boxes().forEach((box) => { box.checked = false; }); show(); } });
    show();
  });

  /* ---- Small helpers: filters that send themselves, printing, copying, demo sign-in ---- */
  document.addEventListener("change", (event) => { const form = event.target.closest("form[data-auto]"); if (form) form.requestSubmit(); });
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-print], [data-copy], [data-fill]");
    if (!button) return;
    if (button.hasAttribute("data-print")) window.print();
    if (button.dataset.copy && navigator.clipboard) {
      await navigator.clipboard.writeText(button.dataset.copy);
      const line = $("[data-copied]", button.parentElement);
      if (line) line.textContent = line.dataset.copied;
    }
    if (button.dataset.fill) {
      JSON.parse(button.dataset.fill).forEach(([id, value]) => { const input = document.getElementById(id); if (input) { input.value = value; input.focus(); } });
    }
  });
  $$("[data-open-wide]").forEach((part) => { if (matchMedia("(min-width: 992px)").matches) part.open = true; });

  /* ---- Idle time-out: a warning two minutes before the session ends ---- */
  const idle = $("dialog[data-idle]");
  if (idle && idle.showModal) {
    const limit = Number(idle.dataset.idle) * 1000, before = Math.min(120000, limit / 2);
    let timer = 0;
    const start = () => { clearTimeout(timer); timer = setTimeout(() => { if (!idle.open) idle.showModal(); }, limit - before); };
    idle.addEventListener("close", () => { fetch(location.href, { method: "HEAD", credentials: "same-origin" }).catch(() => {}); start(); });
    document.addEventListener("portal:saved", start);
    document.addEventListener("htmx:afterRequest", start);
    start();
  }
})();
