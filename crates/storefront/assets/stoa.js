// Everything works without this file; it only saves presses of buttons.
(() => {
  "use strict";
  const root = document.documentElement;

  const remember = (name, value) => {
    const secure = location.protocol === "https:" ? "; secure" : "";
    document.cookie = `${name}=${value}; path=/; max-age=31536000; samesite=lax${secure}`;
  };

  // Theme: change at once, and tell the server by cookie for the next page.
  const showTheme = (theme) => {
    if (theme === "device") delete root.dataset.theme;
    else root.dataset.theme = theme;
    for (const button of document.querySelectorAll('button[name="theme"][aria-pressed]')) {
      button.setAttribute("aria-pressed", String(button.value === theme));
    }
  };
  document.addEventListener("click", (event) => {
    const button = event.target.closest('button[name="theme"]');
    if (!button) return;
    event.preventDefault();
    let theme = button.value;
    if (button.hasAttribute("data-flip")) {
      const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
      theme = dark ? "light" : "dark";
    }
    remember("theme", theme);
    showTheme(theme);
  });

  // Forms marked so are sent when one of their fields changes. On phones the facet sheet keeps its button instead,
  // so that several boxes can be ticked in one go.
  const sheet = matchMedia("(max-width: 59.99rem)");
  document.addEventListener("change", (event) => {
    const form = event.target.form;
    if (!form || form.dataset.auto === undefined) return;
    if (form.dataset.auto === "wide" && sheet.matches && event.target.name !== "sort") return;
    if (!event.target.checkValidity()) return;
    form.requestSubmit();
  });

  // Empty fields need not stand in the address.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "get") {
      // A second press of the same button while the first is on its way does nothing.
      if (form.dataset.sent !== undefined) event.preventDefault();
      form.dataset.sent = "";
      // What is downloaded leaves the page as it is: it can be asked for again a moment later.
      if (form.dataset.again !== undefined) setTimeout(() => delete form.dataset.sent, 2000);
      return;
    }
    for (const field of form.elements) if (field.name && field.value === "") field.disabled = true;
  });
  // Coming back by the browser's own button finds everything usable again.
  addEventListener("pageshow", () => {
    for (const form of document.forms) {
      delete form.dataset.sent;
      if (form.method === "get") for (const field of form.elements) field.disabled = false;
    }
  });

  // The price follows the variant, and so does what is said beside it.
  const price = document.querySelector("[data-price]");
  document.addEventListener("change", (event) => {
    const own = event.target.dataset ?? {};
    const said = "variantPrice" in own ? own : (event.target.selectedOptions?.[0]?.dataset ?? {});
    if (!price || !said.variantPrice) return;
    price.textContent = said.variantPrice;
    for (const part of document.querySelectorAll("[data-price-part]")) {
      const text = said[`variant${part.dataset.pricePart}`];
      part.hidden = !text;
      if (text) part.querySelector("[data-text]").textContent = text;
    }
  });

  // Of rows that run out of a narrow screen, the part where one is comes into view.
  for (const here of document.querySelectorAll(".work-bar nav [aria-current], .subnav [aria-current], .tabs [aria-current]")) {
    for (const row of [here.closest("nav"), here.closest("ul") ?? here])
      row.scrollLeft += here.getBoundingClientRect().left - row.getBoundingClientRect().left - 48;
  }

  // What is shown once is copied with one press.
  for (const button of document.querySelectorAll("[data-copy]")) {
    if (!navigator.clipboard) break;
    button.hidden = false;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent);
      button.textContent = button.dataset.done;
    });
  }

  // Work that goes on behind a page tells how far it is; at its end the page shows what came of it.
  const followed = document.querySelector("[data-follow]");
  if (followed) {
    const source = new EventSource(followed.dataset.follow);
    source.addEventListener("progress", (event) => {
      for (const [part, value] of Object.entries(JSON.parse(event.data))) {
        const place = followed.querySelector(`[data-part="${part}"]`);
        if (place instanceof HTMLProgressElement) place.value = value;
        else if (place) place.textContent = value;
      }
    });
    const again = () => { source.close(); location.reload(); };
    source.addEventListener("done", again);
    // Refused, for instance because too many listen: look again later instead.
    source.addEventListener("error", () => { if (source.readyState === EventSource.CLOSED) setTimeout(again, 3000); });
  }

  // Escape and a press outside close what floats.
  const close = (except) => {
    for (const open of document.querySelectorAll("details[data-floats][open]")) {
      if (!except || !open.contains(except)) {
        open.open = false;
        if (!except) open.querySelector("summary").focus();
      }
    }
  };
  document.addEventListener("keydown", (event) => event.key === "Escape" && close());
  document.addEventListener("click", (event) => close(event.target));
})();
