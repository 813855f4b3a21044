// What happens, as it happens: server-sent events, connected again whenever they end.

const NAMES = ["hello", "entry", "typing", "following", "menu", "trace"];
const AGAIN_MS = 1500;

export function listen(openid, hear, showOnline) {
  let source, timer, ended = false;

  function connect() {
    source = new EventSource(`/phone/${openid}/events`);
    source.onopen = () => showOnline(true);
    source.onerror = () => {
      showOnline(false);
      if (source.readyState === EventSource.CLOSED && !ended) timer = setTimeout(connect, AGAIN_MS);
    };
    for (const name of NAMES) source.addEventListener(name, (event) => ended || hear[name](JSON.parse(event.data)));
  }

  connect();
  return () => {
    ended = true;
    clearTimeout(timer);
    source.close();
  };
}
