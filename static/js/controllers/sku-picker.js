/*
  Choosing options without a round trip. Each option is a link to ?sku=… that works by itself;
  this takes the combinations from a JSON block and rewrites what they change.
*/
export default function skuPicker(element) {
  const skus = JSON.parse(document.getElementById(element.dataset.skus).textContent);
  const links = [...element.querySelectorAll("[data-axis]")];
  let current = skus.find((sku) => sku.code === element.dataset.sku) ?? skus[0];

  const fits = (axis, value) => {
    const same = (sku) => current.values.every((other, at) => at === axis || sku.values[at] === other);
    return skus.find((sku) => sku.values[axis] === value && same(sku));
  };
  const nearest = (axis, value) => fits(axis, value) ?? skus.find((sku) => sku.values[axis] === value);
  const paint = () => {
    for (const link of links) {
      const axis = Number(link.dataset.axis);
      const chosen = current.values[axis] === link.dataset.value;
      const found = fits(axis, link.dataset.value);
      link.toggleAttribute("aria-current", chosen);
      if (chosen) link.setAttribute("aria-current", "true");
      link.setAttribute("aria-disabled", String(!found || !found.quantity));
      link.href = `?sku=${encodeURIComponent((found ?? nearest(axis, link.dataset.value)).code)}`;
    }
    for (const [name, value] of Object.entries(current.fill)) fill(name, value);
    for (const input of document.querySelectorAll("[data-sku-input]")) input.value = current.code;
    for (const button of document.querySelectorAll("[data-sku-buy]")) button.disabled = !current.quantity;
    const quantity = document.querySelector("[data-sku-quantity]");
    if (quantity) quantity.max = current.max;
  };
  for (const link of links) {
    link.addEventListener("click", (event) => {
      if (event.metaKey || event.ctrlKey) return;
      event.preventDefault();
      current = nearest(Number(link.dataset.axis), link.dataset.value);
      history.replaceState(null, "", `?sku=${encodeURIComponent(current.code)}`);
      paint();
      if (current.picture) {
        document.querySelector("[data-controller~=gallery]")
          ?.dispatchEvent(new CustomEvent("gallery:show", { detail: current.picture }));
      }
    });
  }
}

function fill(name, value) {
  for (const place of document.querySelectorAll(`[data-sku-fill="${name}"]`)) {
    if (name === "price") paintPrice(place, value);
    else place.textContent = value;
  }
}

/* The same markup as {% price %}: amounts are never glued together from HTML. */
function paintPrice(place, { text, whole, minor }) {
  place.querySelector(".visually-hidden").textContent = text;
  place.querySelector(".price__whole").textContent = whole;
  place.querySelector(".price__minor").textContent = minor;
}
