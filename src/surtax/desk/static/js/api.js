// Questions to the server; an answer that is an error is thrown with its words and its field.

export class ApiError extends Error {
  constructor(status, told) {
    super(told.message);
    Object.assign(this, { status, where: told.where, mend: told.mend, field: told.field, kind: told.kind ?? "other" });
  }
}

const OFFLINE = { message: "offline", where: "", mend: "", field: null, kind: "Offline" };

async function ask(path, options = {}) {
  let answer;
  try {
    answer = await fetch(path, { credentials: "same-origin", ...options });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new ApiError(0, OFFLINE);
  }
  if (answer.ok) {
    const kind = answer.headers.get("content-type") ?? "";
    return kind.includes("json") ? answer.json() : answer.blob();
  }
  throw new ApiError(answer.status, await toldBy(answer));
}

async function toldBy(answer) {
  try {
    return (await answer.json()).error;
  } catch {
    return { message: `${answer.status} ${answer.statusText}`, where: "", mend: "", field: null };
  }
}

// Parameters as a query: lists are repeated, empty ones left out.
export function query(parameters = {}) {
  const out = new URLSearchParams();
  for (const [key, value] of Object.entries(parameters)) {
    if (value === null || value === undefined || value === "" || value === false) continue;
    for (const one of Array.isArray(value) ? value : [value]) out.append(key, String(one));
  }
  const text = out.toString();
  return text && `?${text}`;
}

export const get = (path, parameters, { signal } = {}) => ask(path + query(parameters), { signal });

export const post = (path, body, { signal, method = "POST" } = {}) =>
  ask(path, {
    method,
    signal,
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });

export const remove = (path) => ask(path, { method: "DELETE" });

// A file as the raw body; told() hears the share that has gone up.
export function upload(path, file, parameters, { told = () => {}, signal } = {}) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", path + query({ name: file.name, ...parameters }));
    request.setRequestHeader("content-type", "application/octet-stream");
    request.responseType = "json";
    request.upload.onprogress = (event) => event.lengthComputable && told(event.loaded / event.total);
    request.onload = () => {
      if (request.status < 400) resolve(request.response);
      else reject(new ApiError(request.status, request.response?.error ?? { message: String(request.status) }));
    };
    request.onerror = () => reject(new ApiError(0, OFFLINE));
    request.onabort = () => reject(new DOMException("stopped", "AbortError"));
    signal?.addEventListener("abort", () => request.abort());
    request.send(file);
  });
}

// Only the newest question counts: asking again drops the one before, whose answer never arrives.
export function newest() {
  let running = null;
  return async (question, then, otherwise) => {
    running?.abort();
    const mine = (running = new AbortController());
    try {
      const answer = await question(mine.signal);
      if (running === mine) then(answer);
    } catch (error) {
      if (error.name === "AbortError" || running !== mine) return;
      if (!(error instanceof ApiError)) throw error;
      otherwise(error);
    }
  };
}
