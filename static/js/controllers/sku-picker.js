/*
  Choosing options without a round trip. Each option is a link to ?sku=… that works by itself;
  this takes the combinations from a JSON block and rewrites what they change.
*/
export default function skuPicker(element) {
  const skus = JSON.parse(document.getElementById(element.dataset.skus).textContent);
  const links = [...element.querySelectorAll("[data-axis]")];
  let current = skus.find((sku) => sku.code === element.dataset.sku) ?? skus[0];

  const fits = (axis, value) => skus.find((sku) => sku.values[axis] === value
    && current.values.every((other, at) => at === axis || sku.values[at] === other));
  const nearest = (axis, value) => fits(axis, value) ?? skus.find((sku) => sku.values[axis] === value);
  const paint = () => {
    for (const link of links) {
      const { axis, value } = link.dataset;
      const found = fits(Number(axis), value);
      if (current.values[axis] === value) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
      link.classList.toggle("is-missing", !found?.quantity);
      link.href = `?sku=${encodeURIComponent((found ?? nearest(Number(axis), value)).code)}`;
    }
    paintPlaces(current);
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

function paintPlaces({ id, fill, min, step, max, quantity }) {
  for (const place of document.querySelectorAll("[data-sku-fill]")) {
    const value = fill[place.dataset.skuFill];
    place.hidden = !value;
    if (value?.whole) paintPrice(place, value);
    else if (value) place.textContent = value;
  }
  for (const input of document.querySelectorAll("[data-sku-input]")) input.value = id;
  for (const button of document.querySelectorAll("[data-sku-buy]")) button.disabled = !quantity;
  const field = document.querySelector("[data-sku-quantity]");
  if (!field) return;
  Object.assign(field, { min, step, max });
  field.value = Math.min(Math.max(field.value, min), max);
  field.dispatchEvent(new Event("input"));
}

/* The same markup as {% price %}: amounts are never glued together from HTML. */
function paintPrice(place, { text, whole, minor }) {
  place.querySelector(".visually-hidden").textContent = text;
  place.querySelector(".price__whole").textContent = whole;
  place.querySelector(".price__minor").textContent = minor;
}
