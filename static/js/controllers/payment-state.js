/*
  Shows that the money has come without a reload: a WebSocket tells at once, a poll makes sure.
  Either only asks the server to look; the page it then loads is the truth.
*/
const PAUSES = [2, 2, 3, 3, 5, 5, 8, 10];

export default function paymentState(element) {
  const { state, url, socket, next } = element.dataset;
  let polls = 0;
  let over = false;
  const finish = (to) => {
    if (over) return;
    over = true;
    location.assign(to || next || location.href);
  };
  const read = async () => {
    if (over) return;
    try {
      const answer = await fetch(url, { headers: { Accept: "application/json" }, cache: "no-store" });
      if (answer.ok) {
        const body = await answer.json();
        if (body.state !== state) { finish(body.next); return; }
      }
    } catch { /* the network may come back */ }
    setTimeout(read, 1000 * (PAUSES[polls++] ?? 15));
  };
  setTimeout(read, 1000 * PAUSES[0]);
  document.addEventListener("visibilitychange", () => { if (!document.hidden) polls = 0; });
  if (socket) listen(socket, (body) => body.state !== state && finish(body.next));
}

function listen(path, heard) {
  const address = new URL(path, location.href);
  address.protocol = address.protocol.replace("http", "ws");
  new WebSocket(address).addEventListener("message", ({ data }) => {
    try { heard(JSON.parse(data)); } catch { /* the poll will see it */ }
  });
}
