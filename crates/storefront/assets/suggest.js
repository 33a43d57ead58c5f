// What one may be about to type, below the search box: a combobox with a list (ARIA 1.2). Without this the box searches all the same.
(() => {
  "use strict";
  const form = document.querySelector("form.site-search[data-suggest]");
  const input = form?.querySelector("input");
  if (!input) return;
  const AFTER_MS = 120;
  const LETTERS_MIN = 2;
  const REMEMBERED = 40;
  const say = form.dataset;
  const list = document.createElement("div");
  const told = document.createElement("p");
  list.className = "suggestions";
  list.id = "suggestions";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", say.suggest);
  list.hidden = true;
  told.className = "hidden-visually";
  told.setAttribute("role", "status");
  form.append(list, told);
  for (const [name, value] of [["role", "combobox"], ["aria-autocomplete", "list"], ["aria-haspopup", "listbox"],
    ["aria-controls", list.id], ["aria-expanded", "false"]]) input.setAttribute(name, value);

  const answers = new Map();
  let options = [];
  let active = -1;
  let waiting = 0;
  let asking = null;

  const choose = (at) => {
    options[active]?.setAttribute("aria-selected", "false");
    active = at;
    const option = options[active];
    if (!option) return input.removeAttribute("aria-activedescendant");
    option.setAttribute("aria-selected", "true");
    option.scrollIntoView({ block: "nearest" });
    input.setAttribute("aria-activedescendant", option.id);
  };
  const close = () => {
    clearTimeout(waiting);
    asking?.abort();
    list.hidden = true;
    input.setAttribute("aria-expanded", "false");
    told.textContent = "";
    choose(-1);
  };
  const go = (option) => {
    close();
    location.assign(option.dataset.href);
  };

  // A label with what was typed in it left plain, and what would come to it made strong.
  const write = (where, label, typed) => {
    const begins = label.toLowerCase().startsWith(typed.toLowerCase());
    where.append(begins ? label.slice(0, typed.length) : label);
    if (!begins) return;
    const rest = document.createElement("b");
    rest.textContent = label.slice(typed.length);
    where.append(rest);
  };
  const price = (money, from) => {
    const format = new Intl.NumberFormat(document.documentElement.lang, { style: "currency", currency: money.currency });
    const digits = format.resolvedOptions().maximumFractionDigits;
    const text = format.format(money.amount / 10 ** digits);
    return from ? say.from.replace("%", text) : text;
  };
  // Pictures that are wider are kept 320 pixels wide as well; a drawing has one size.
  const small = (picture) => picture && (picture.width > 320 && !picture.url.endsWith(".svg")
    ? picture.url.replace(/\.(\w+)$/, "-320.$1") : picture.url);
  const section = (title, entries, typed) => {
    if (!entries.length) return;
    const group = document.createElement("div");
    const head = document.createElement("p");
    group.setAttribute("role", "group");
    head.id = `suggestions-${list.children.length}`;
    head.textContent = title;
    group.setAttribute("aria-labelledby", head.id);
    group.append(head);
    for (const { label, href, image, note } of entries) {
      const option = document.createElement("div");
      option.id = `suggestion-${options.length}`;
      option.setAttribute("role", "option");
      option.setAttribute("aria-selected", "false");
      option.dataset.href = href;
      if (image) {
        const picture = document.createElement("img");
        Object.assign(picture, { src: image, alt: "", width: 40, height: 40, loading: "lazy" });
        option.append(picture);
      }
      const text = document.createElement("span");
      write(text, label, typed);
      option.append(text);
      if (note) {
        const small = document.createElement("small");
        small.textContent = note;
        option.append(small);
      }
      options.push(option);
      group.append(option);
    }
    list.append(group);
  };
  const show = (found, typed) => {
    list.replaceChildren();
    options = [];
    choose(-1);
    const path = (text) => text.split("/").map(encodeURIComponent).join("/");
    section(say.queries, found.queries.map((q) => ({ label: q, href: `/search?q=${encodeURIComponent(q)}` })), typed);
    section(say.categories, found.categories.map((c) => ({ label: c.label, href: `/c/${path(c.value)}` })), typed);
    section(say.products, found.products.map((p) => ({
      label: p.title, href: `/p/${p.slug}-${p.product}`, image: small(p.image),
      note: price(p.price, p.price_from),
    })), typed);
    section(say.shops, found.sellers.map((s) => ({ label: s.label, href: `/shop/${path(s.value)}` })), typed);
    list.hidden = options.length === 0;
    input.setAttribute("aria-expanded", String(!list.hidden));
    told.textContent = options.length ? say.count.replace("%", options.length) : say.none;
  };
  const ask = async () => {
    const typed = input.value.trim();
    if (typed.length < LETTERS_MIN) return close();
    asking?.abort();
    asking = new AbortController();
    try {
      let found = answers.get(typed);
      if (!found) {
        const asked = new URLSearchParams({ q: typed, language: document.documentElement.lang });
        const answer = await fetch(`/v1/search/suggest?${asked}`, { signal: asking.signal });
        // The box goes on searching without suggestions.
        if (!answer.ok) return close();
        found = await answer.json();
        if (answers.size >= REMEMBERED) answers.delete(answers.keys().next().value);
        answers.set(typed, found);
      }
      if (document.activeElement === input && input.value.trim() === typed) show(found, typed);
    } catch (error) {
      if (error.name !== "AbortError") close();
    }
  };

  input.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(ask, AFTER_MS);
  });
  input.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    const open = !list.hidden;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (!open) return ask();
      // One step beyond either end is the box itself.
      const steps = options.length + 1;
      const step = event.key === "ArrowDown" ? 1 : -1;
      choose(((active + 1 + step + steps) % steps) - 1);
    } else if (event.key === "Enter" && open && options[active]) {
      event.preventDefault();
      go(options[active]);
    } else if (event.key === "Escape" && open) {
      // The first press closes the list, the next empties the box as browsers do.
      event.preventDefault();
      event.stopPropagation();
      close();
    }
  });
  input.addEventListener("blur", close);
  // A press must not take the focus from the box, or the list would be gone before it counts.
  list.addEventListener("mousedown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => {
    const option = event.target.closest('[role="option"]');
    if (option) go(option);
  });
  form.addEventListener("submit", close);
})();
