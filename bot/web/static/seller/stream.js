/** Hints that the seller's cases changed, by socket; while there is none, a look every few seconds repairs it. */

const SILENCE_MS = 40_000;
const POLL_MS = 10_000;
const SLOW_POLL_MS = 60_000;
const BACKOFF_MS = [1000, 2000, 4000, 8000, 15_000];

export class CaseStream {
  /** @param {{onChange: () => void, onState: (online: boolean) => void}} options */
  constructor(options) {
    this.options = options;
    this.failures = 0;
    this.silence = 0;
    this.lookedAt = Date.now();
    /** @type {WebSocket | null} */
    this.socket = null;
    this.#connect();
    setInterval(() => this.#poll(), POLL_MS);
    const wake = () => document.visibilityState === "visible" && this.#look();
    document.addEventListener("visibilitychange", wake);
    window.addEventListener("online", wake);
  }

  #look() {
    this.lookedAt = Date.now();
    this.options.onChange();
  }

  /** A hint may get lost: without a socket look now, with one once a minute. */
  #poll() {
    const online = this.socket?.readyState === WebSocket.OPEN;
    if (!online || Date.now() - this.lookedAt >= SLOW_POLL_MS) this.#look();
  }

  #connect() {
    const url = new URL("/api/v1/seller/stream", location.href);
    url.protocol = url.protocol.replace("http", "ws");
    const socket = new WebSocket(url);
    this.socket = socket;
    const heard = () => {
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
      if (frame.cases) this.#look();
    };
    socket.onclose = () => {
      clearTimeout(this.silence);
      this.options.onState(false);
      setTimeout(() => this.#connect(), BACKOFF_MS[Math.min(this.failures++, BACKOFF_MS.length - 1)]);
    };
  }
}
