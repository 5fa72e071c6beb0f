/** Hints that the queue changed, by socket; while there is none, a look every few seconds repairs it. */

const SILENCE_MS = 27_000;
const POLL_MS = 5_000;
const BACKOFF_MS = [1000, 2000, 4000, 8000, 15_000];

export class QueueStream {
  /**
   * @param {{onChange: (conversations: string[]) => void, onState: (online: boolean) => void}} options
   */
  constructor(options) {
    this.options = options;
    this.failures = 0;
    /** @type {WebSocket | null} */
    this.socket = null;
    this.silence = 0;
    this.#connect();
    setInterval(() => this.socket?.readyState !== WebSocket.OPEN && options.onChange([]), POLL_MS);
    const wake = () => document.visibilityState === "visible" && options.onChange([]);
    document.addEventListener("visibilitychange", wake);
    window.addEventListener("online", wake);
  }

  #connect() {
    const url = new URL("/api/v1/desk/stream", location.href);
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
      if (frame.queue || frame.ping) this.options.onChange(frame.conversations ?? []); // a ping repairs a lost hint
    };
    socket.onclose = () => {
      clearTimeout(this.silence);
      this.options.onState(false);
      setTimeout(() => this.#connect(), BACKOFF_MS[Math.min(this.failures++, BACKOFF_MS.length - 1)]);
    };
  }
}
