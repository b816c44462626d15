/* A combobox over the search field (WAI-ARIA 1.2 pattern): arrows, Enter, Escape. */
export default function suggest(form) {
  const input = form.querySelector("input[type=search]");
  const list = form.querySelector("[role=listbox]");
  let options = [];
  let at = -1;
  let asked;

  const close = () => {
    list.hidden = true;
    at = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  };
  const choose = (text) => {
    input.value = text;
    close();
    form.requestSubmit();
  };
  const point = (index) => {
    at = (index + options.length) % options.length;
    options.forEach((option, i) => option.setAttribute("aria-selected", String(i === at)));
    input.setAttribute("aria-activedescendant", options[at].id);
  };
  const show = (texts) => {
    options = texts.map((text, index) => {
      const option = document.createElement("li");
      option.id = `${list.id}-${index}`;
      option.role = "option";
      option.textContent = text;
      option.addEventListener("pointerdown", (event) => { event.preventDefault(); choose(text); });
      return option;
    });
    list.replaceChildren(...options);
    list.hidden = !options.length;
    input.setAttribute("aria-expanded", String(!list.hidden));
  };
  const ask = async () => {
    const text = input.value.trim();
    if (!text) { close(); return; }
    asked?.abort();
    asked = new AbortController();
    const address = new URL(form.dataset.url, location.href);
    address.searchParams.set("q", text);
    try {
      const answer = await fetch(address, { signal: asked.signal, headers: { Accept: "application/json" } });
      if (answer.ok) show((await answer.json()).suggestions);
    } catch { /* a newer question took over, or the network is gone */ }
  };
  let timer;
  input.addEventListener("input", (event) => {
    if (event.isComposing) return;
    clearTimeout(timer);
    timer = setTimeout(ask, 120);
  });
  input.addEventListener("compositionend", ask);
  input.addEventListener("blur", close);
  input.addEventListener("keydown", (event) => {
    if (list.hidden || event.isComposing) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      point(event.key === "ArrowDown" ? at + 1 : Math.max(at, 0) - 1);
    } else if (event.key === "Enter" && at >= 0) {
      event.preventDefault();
      choose(options[at].textContent);
    } else if (event.key === "Escape") {
      close();
    }
  });
}
