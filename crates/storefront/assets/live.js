// The page hears that something of it changed, fetches itself and swaps its marked parts. Without it, one loads the page again.
(() => {
  "use strict";
  const kept = (of) => of.querySelectorAll("details, .scroll-x");
  // Browsers that do not know :user-valid refuse the whole selector: there, what differs from what the page came with was written.
  const known = CSS.supports?.("selector(:user-valid)");
  const writing = `${known ? ":user-valid, :user-invalid, " : ""}input:focus, select:focus, textarea:focus`;
  const changed = (field) => field.value !== field.defaultValue || field.checked !== field.defaultChecked;
  const isWriting = (part) => part.querySelector(writing) || (!known && [...part.querySelectorAll("input, textarea")].some(changed));
  const update = async () => {
    const answer = await fetch("");
    if (!answer.ok || answer.redirected) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const old of document.querySelectorAll("[data-live]")) {
      const part = page.querySelector(`[data-live="${old.dataset.live}"]`);
      // Where somebody has begun to write, nothing moves.
      if (!part || isWriting(old)) continue;
      const at = document.activeElement;
      const name = (one) => one.ariaLabel || one.outerHTML;
      const again = old.contains(at) && [...part.querySelectorAll(at.tagName)].find((one) => (at.href ? one.href === at.href : name(one) === name(at)));
      old.before(part);
      kept(old).forEach((one, place) => {
        const box = kept(part)[place];
        if (box?.tagName === one.tagName) [box.open, box.scrollLeft] = [one.open, one.scrollLeft];
      });
      if (again) again.focus({ preventScroll: true });
      old.remove();
    }
  };
  // A line that breaks, the browser mends. An answer that is none (no place is free, the shop restarts) ends it: the page asks again
  // a few times, ever later, and not all pages at once.
  const { listen } = document.currentScript.dataset;
  let tries = 0;
  const open = () => {
    const source = new EventSource(listen);
    source.onmessage = update;
    source.onopen = () => (tries = 0);
    source.onerror = () => {
      if (source.readyState === EventSource.CLOSED && tries < 6) setTimeout(open, 5000 * 2 ** tries++ * (1 + Math.random()));
    };
  };
  open();
})();
