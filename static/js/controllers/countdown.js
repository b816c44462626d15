/*
  Counts down to <time datetime> by the server's clock (data-now), whatever the shopper's says.
  Announced at whole marks only; the fixed moment stays in the text beside it.
*/
const MARKS = [600, 300, 60, 0];

export default function countdown(element) {
  const skew = element.dataset.now ? Date.parse(element.dataset.now) - Date.now() : 0;
  const end = Date.parse(element.dateTime || element.dataset.until);
  const voice = document.getElementById(element.dataset.voice);
  let previous = Infinity;
  const tick = () => {
    const left = Math.max(0, Math.ceil((end - Date.now() - skew) / 1000));
    element.textContent = spell(left);
    const mark = MARKS.find((mark) => left <= mark && previous > mark && previous !== Infinity);
    if (voice && mark !== undefined) voice.textContent = spell(left);
    previous = left;
    if (left) return;
    clearInterval(timer);
    element.dispatchEvent(new CustomEvent("countdown:over", { bubbles: true }));
    if (element.dataset.reload !== undefined) setTimeout(() => location.reload(), 1500);
  };
  const timer = setInterval(tick, 1000);
  tick();
}

function spell(seconds) {
  const two = (number) => String(number).padStart(2, "0");
  const hours = Math.floor(seconds / 3600);
  const rest = `${two(Math.floor((seconds % 3600) / 60))}:${two(seconds % 60)}`;
  return hours ? `${two(hours)}:${rest}` : rest;
}
