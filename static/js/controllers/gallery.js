/* Thumbs and strip follow each other; the strip itself scrolls without script. */
export default function gallery(element) {
  const strip = element.querySelector("[data-gallery-target=strip]");
  const thumbs = [...element.querySelectorAll("[data-gallery-target=thumb]")];
  const show = (index) => {
    strip.scrollTo({ left: index * strip.clientWidth });
    mark(index);
  };
  const mark = (index) => thumbs.forEach((thumb, at) => {
    if (at === index) thumb.setAttribute("aria-current", "true");
    else thumb.removeAttribute("aria-current");
  });
  thumbs.forEach((thumb, index) => {
    thumb.addEventListener("click", (event) => { event.preventDefault(); show(index); });
    thumb.addEventListener("mouseenter", () => show(index));
  });
  strip.addEventListener("scrollend", () => mark(Math.round(strip.scrollLeft / strip.clientWidth)));
  element.addEventListener("gallery:show", ({ detail }) => {
    const picture = strip.querySelector("img");
    const known = thumbs.findIndex((thumb) => thumb.pathname === new URL(detail, location).pathname);
    if (known >= 0) { show(known); return; }
    for (const source of strip.children[0].querySelectorAll("source")) source.remove();
    picture.removeAttribute("srcset");
    picture.src = detail;
    show(0);
  });
}
