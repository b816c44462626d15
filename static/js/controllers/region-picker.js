/* Province → city → district: choosing one fills the next from data-url<code>/. */
export default function regionPicker(element) {
  const selects = [...element.querySelectorAll("select")];
  const clear = (from) => {
    for (const select of selects.slice(from)) {
      select.length = 1;
      select.disabled = true;
    }
  };
  selects.forEach((select, level) => {
    const next = selects[level + 1];
    if (level && select.length <= 1) select.disabled = true;
    if (!next) return;
    select.addEventListener("change", async () => {
      clear(level + 1);
      if (!select.value) return;
      const answer = await fetch(new URL(`${select.value}/`, new URL(element.dataset.url, location.href)));
      if (!answer.ok) return;
      const { regions } = await answer.json();
      for (const { code, name } of regions) next.add(new Option(name, code));
      next.disabled = !regions.length;
      if (regions.length === 1) {
        next.selectedIndex = 1;
        next.dispatchEvent(new Event("change", { bubbles: true }));
      }
    });
  });
}
