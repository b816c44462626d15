/* Province → city → district: choosing one fills the next from data-url. */
export default function regionPicker(element) {
  const selects = [...element.querySelectorAll("select")];
  const clear = (from) => {
    for (const select of selects.slice(from)) {
      select.length = 1;
      select.disabled = true;
    }
  };
  selects.forEach((select, level) => {
    if (level && select.length <= 1) select.disabled = true;
    const next = selects[level + 1];
    if (!next) return;
    select.addEventListener("change", async () => {
      clear(level + 1);
      if (!select.value) return;
      const address = new URL(element.dataset.url, location.href);
      address.searchParams.set("parent", select.value);
      const answer = await fetch(address, { headers: { Accept: "application/json" } });
      if (!answer.ok) return;
      const { regions } = await answer.json();
      for (const { code, name } of regions) next.add(new Option(name, code));
      next.disabled = false;
      if (regions.length === 1) {
        next.selectedIndex = 1;
        next.dispatchEvent(new Event("change", { bubbles: true }));
      }
    });
  });
}
