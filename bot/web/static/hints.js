/** Hints that a list changed, by socket; what may have been missed is repaired by looking again every so often. */

/** The server says something at least every 15 s. */
const PING_MS = 15_000;
const SILENCE_MS = 22_000;
const BACKOFF_MS = [1000, 2000, 4000, 8000, 15_000];

export class Hints {
  /**
   * @param {string} path   the socket's address, below /api
   * @param {{
   *   changed: (frame: any) => any[] | null,   what a frame says has changed; null: nothing
   *   onChange: (what: any[]) => void,         look again; an empty list: anything may have changed
   *   onState: (online: boolean) => void,
   *   pollMs: number,                          how often to look while there is no socket
   *   slowPollMs: number,                      … and while there is one
   * }} options
   */
  constructor(path, options) {
    this.path = path;
    this.options = options;
    this.failures = 0;
    this.silence = 0;
    this.lookedAt = this.heardAt = Date.now();
    /** @type {WebSocket | null} */
    this.socket = null;
    this.#connect();
    setInterval(() => this.#poll(), options.pollMs);
    const wake = () => {
      if (document.visibilityState !== "visible") return;
      if (Date.now() - this.heardAt > PING_MS + 1000) this.socket?.close(); // it slept: whether the line lives is not known
      this.#look([]);
    };
    document.addEventListener("visibilitychange", wake);
    window.addEventListener("online", wake);
  }

  /** @param {any[]} what */
  #look(what) {
    this.lookedAt = Date.now();
    this.options.onChange(what);
  }

  #poll() {
    const online = this.socket?.readyState === WebSocket.OPEN;
    if (!online || Date.now() - this.lookedAt >= this.options.slowPollMs) this.#look([]);
  }

  #connect() {
    const url = new URL(this.path, location.href);
    url.protocol = url.protocol.replace("http", "ws");
    const socket = new WebSocket(url);
    this.socket = socket;
    const heard = () => {
      this.heardAt = Date.now();
      clearTimeout(this.silence);
      this.silence = setTimeout(() => socket.close(), SILENCE_MS);
    };
    heard();
    socket.onmessage = ({ data }) => {
      heard();
      const frame = JSON.parse(data);
      if (frame.error) return;
      this.failures = 0;
      this.options.onState(true);
      const what = this.options.changed(frame);
      if (what) this.#look(what);
    };
    socket.onclose = () => {
      clearTimeout(this.silence);
      this.options.onState(false);
      setTimeout(() => this.#connect(), BACKOFF_MS[Math.min(this.failures++, BACKOFF_MS.length - 1)]);
    };
  }
}
