// Questions while a control moves: one at a time, and only the newest of those that wait.

const page = Math.random().toString(36).slice(2, 12);
let pages = 0;

// ask(body): then(answer) for the newest asked; what waited in between is dropped. What follows
// another's answers asks in its name: the server drops it when that one has a new question.
export function steady(api, path, then, otherwise, leader = null) {
  const name = leader?.name ?? `${page}.${(pages += 1)}`;
  let running = null;
  let waiting = null;
  let asked = 0;
  const number = () => leader?.number() ?? asked;
  async function pump() {
    if (running || waiting === null) return;
    const mine = (running = new AbortController());
    const body = waiting;
    waiting = null;
    asked += 1;
    try {
      const answer = await api.post(`${path}?client=${name}&number=${number()}`, body, { signal: mine.signal });
      then(answer, body);
    } catch (error) {
      if (waiting === null && error.name !== "AbortError") otherwise(error);
    }
    if (running !== mine) return;
    running = null;
    pump();
  }
  return {
    name,
    number,
    ask(body) {
      waiting = body;
      pump();
    },
    forget() {
      waiting = null;
      running?.abort();
      running = null;
    },
  };
}
