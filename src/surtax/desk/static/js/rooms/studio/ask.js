// Questions while a control moves: one at a time, and only the newest of those that wait.

const page = Math.random().toString(36).slice(2, 12);
let asked = 0;

// ask(body): then(answer) for the newest asked; what waited in between is dropped.
export function steady(api, path, then, otherwise) {
  let running = false;
  let waiting = null;
  async function pump() {
    if (running || waiting === null) return;
    running = true;
    const body = waiting;
    waiting = null;
    try {
      const answer = await api.post(`${path}?client=${page}&number=${(asked += 1)}`, body);
      then(answer, body);
    } catch (error) {
      if (waiting === null) otherwise(error);
    }
    running = false;
    pump();
  }
  return {
    ask(body) {
      waiting = body;
      pump();
    },
    forget: () => (waiting = null),
  };
}
