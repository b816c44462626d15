/* Attaches one behaviour to each [data-controller]. Every page works without this file. */
const controllers = {
  "auto-submit": () => import("./controllers/auto-submit.js"),
  copy: () => import("./controllers/copy.js"),
  countdown: () => import("./controllers/countdown.js"),
  dialog: () => import("./controllers/dialog.js"),
  gallery: () => import("./controllers/gallery.js"),
  "payment-state": () => import("./controllers/payment-state.js"),
  quantity: () => import("./controllers/quantity.js"),
  "region-picker": () => import("./controllers/region-picker.js"),
  "sku-picker": () => import("./controllers/sku-picker.js"),
  suggest: () => import("./controllers/suggest.js"),
  toast: () => import("./controllers/toast.js"),
};
const attached = new WeakMap();

async function attach(element) {
  const names = attached.get(element) ?? new Set();
  attached.set(element, names);
  for (const name of element.dataset.controller.split(" ")) {
    if (names.has(name) || !controllers[name]) continue;
    names.add(name);
    (await controllers[name]()).default(element);
  }
}

function attachAll(root) {
  if (root.matches?.("[data-controller]")) attach(root);
  for (const element of root.querySelectorAll("[data-controller]")) attach(element);
}

attachAll(document);
document.addEventListener("htmx:load", (event) => attachAll(event.detail.elt));

/* A form that is on its way is not sent twice. */
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || event.defaultPrevented) return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "1";
  event.submitter?.setAttribute("aria-busy", "true");
});
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});
document.addEventListener("htmx:afterRequest", (event) => {
  delete event.detail.elt.closest?.("form")?.dataset.sent;
});
