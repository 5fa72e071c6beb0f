/** Calling Puente's HTTP interface: one place for errors, time limits, CSRF and the reader's language. */

/**
 * Why a call failed. `status` is 0 when no answer came (`code` "network" or "timeout"); `message` is the
 * server's sentence in the reader's language, empty when there was no server to write one: `errorText` fills
 * it.
 */
export class ApiError extends Error {
  /**
   * @param {{status: number, code: string, message?: string, fields?: Record<string, string>, id?: string,
   *   retryAfter?: number}} error
   */
  constructor({ status, code, message = "", fields = {}, id = "", retryAfter = 0 }) {
    super(message);
    this.name = "ApiError";
    this.status = status;
    this.code = code;
    this.fields = fields;
    this.id = id;
    /** Seconds to wait before trying again; 0 when the server did not say. */
    this.retryAfter = retryAfter;
  }

  /** Whether the same call may succeed later: no answer, too many, or a part of the server is down. */
  get isPassing() {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}

/**
 * Call `url` and return its JSON ({} when there is none). Raises `ApiError`; an abort by the caller's
 * `signal` passes through.
 * @param {string | URL} url
 * @param {{method?: string, body?: any, token?: string | null, locale?: string, timeout?: number, signal?:
 *   AbortSignal, as?: "text", onAnswer?: (answer: Response) => void, credentials?: RequestCredentials}} [options]
 *   `timeout` in seconds
 */
export async function request(url, options = {}) {
  const { method = "GET", body, timeout = 15, signal, onAnswer, credentials = "same-origin" } = options;
  const cut = new AbortController();
  const stop = () => cut.abort();
  const timer = setTimeout(stop, timeout * 1000);
  signal?.addEventListener("abort", stop);
  try {
    if (signal?.aborted) stop();
    const answer = await fetch(url, {
      method,
      headers: headersOf(options),
      body: body === undefined || body instanceof Blob ? body : JSON.stringify(body),
      signal: cut.signal,
      credentials,
    });
    onAnswer?.(answer);
    const content = answer.ok && options.as === "text" ? await answer.text() : await contentOf(answer);
    if (!answer.ok) throw errorOf(answer, content);
    return content;
  } catch (error) {
    if (error instanceof ApiError || signal?.aborted) throw error;
    throw new ApiError({ status: 0, code: cut.signal.aborted ? "timeout" : "network" });
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", stop);
  }
}

/** Shorthands for pages of ours; `options` as of `request`. */
export const get = (url, options) => request(url, options);
export const post = (url, body, options) => request(url, { ...options, method: "POST", body: body ?? {} });
export const put = (url, body, options) => request(url, { ...options, method: "PUT", body: body ?? {} });
export const del = (url, options) => request(url, { ...options, method: "DELETE" });

/**
 * The sentence to show for an error. The page's catalogue needs these three msgids.
 * @param {unknown} error
 * @param {(msgid: string) => string} t
 */
export function errorText(error, t) {
  if (error instanceof ApiError) {
    if (error.message) return error.message;
    if (error.code === "network") return t("There is no connection. Please try again.");
    if (error.code === "timeout") return t("The answer took too long. Please try again.");
  }
  return t("Something went wrong. Please try again.");
}

/**
 * @param {{method?: string, body?: any, token?: string | null, locale?: string, credentials?: string}}
 *   options
 */
function headersOf({ method = "GET", body, token, locale, credentials }) {
  /** @type {Record<string, string>} */
  const headers = { accept: "application/json" };
  if (locale) headers["accept-language"] = locale;
  if (body instanceof Blob) headers["content-type"] = body.type || "application/octet-stream";
  else if (body !== undefined) headers["content-type"] = "application/json";
  if (token) headers.authorization = `Bearer ${token}`;
  const byCookie = method !== "GET" && !token && credentials !== "omit";
  const csrf = byCookie && document.querySelector('meta[name="csrf"]');
  if (csrf) headers["x-csrf-token"] = csrf.getAttribute("content") ?? "";
  return headers;
}

/** @param {Response} answer */
async function contentOf(answer) {
  const text = await answer.text();
  try {
    return text ? JSON.parse(text) : {};
  } catch {
    if (answer.ok) throw new ApiError({ status: answer.status, code: "unreadable_answer" });
    return {};
  }
}

/** @param {Response} answer @param {any} content */
function errorOf(answer, content) {
  const error = content?.error ?? {};
  return new ApiError({
    status: answer.status,
    code: error.code ?? `http_${answer.status}`,
    message: error.message,
    fields: error.fields,
    id: error.id,
    retryAfter: Number(answer.headers.get("retry-after")) || 0,
  });
}
