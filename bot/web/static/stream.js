/**
 * Following a conversation: "give me what comes after N". Used by the widget and by the desk.
 *
 * First an HTTP read (it tells a refused token from a broken line, and renews the token), then a WebSocket;
 * where sockets are blocked, long polls, with a new try for the socket now and then. Entries are handed on
 * once each, in order of their number, whatever the way they came.
 */

const OPEN_MS = 7_000;
/** The page is looked at and nothing came for this long: ask the server for a sign of life … */
const ASK_MS = 4_500;
/** … and without one after this the socket is dead, although it looks open. */
const ANSWER_MS = 3_500;
/** The same for a page that just woke up: it is looked at now. */
const ANSWER_ON_WAKING_MS = 800;
/** The server pings within 20 s by itself: for pages that nobody looks at. */
const SILENCE_MS = 27_000;
/** Where sockets are blocked: one poll's wait, short enough to notice a dead line while it is looked at. */
const POLL_WAIT_S = 6;
const HIDDEN_POLL_WAIT_S = 25;
const SOCKET_AGAIN_MS = 60_000;
const SOCKET_AGAIN_MOST_MS = 600_000;
/** A read over HTTP this often repairs lost hints and renews the token of a page that only listens. */
const RESYNC_MS = 20 * 60_000;
const BACKOFF_MS = [500, 1000, 2000, 4000, 8000, 15_000];
const WAKE_TICK_MS = 1_000;

/**
 * @typedef {{seq: number, type: string, actor: string, created_at: string, body: any}} Entry
 * @typedef {"connecting" | "online" | "reconnecting" | "stopped"} StreamState
 * @typedef {object} StreamOptions
 * @property {(after: number, wait: number, signal: AbortSignal) => Promise<{events: Entry[], last_seq:
 *   number}>} read the long poll; rejects with an ApiError
 * @property {() => string | URL} socketUrl http(s) or ws(s)
 * @property {(after: number) => object} hello the first frame: {token, after} of a customer, {after} of staff
 * @property {number} [after] the number of the last entry known already
 * @property {(entries: Entry[]) => void} onEntries new entries, oldest first, never one twice
 * @property {() => void} [onReset] the log ends before what is known of it (a backup was restored): all of it comes again
 * @property {(signal: any) => void} [onSignal] typing, seen: see `Signals`
 * @property {(frame: any) => void} [onFrame] every frame, for what only the desk hears
 * @property {(state: StreamState) => void} [onState]
 * @property {(error: any) => void} [onRefused] 401, 403, 404: the stream has stopped for good
 * @property {typeof WebSocket} [Socket]
 */

export class ConversationStream {
  /** @param {StreamOptions} options */
  constructor({ after = 0, Socket = globalThis.WebSocket, ...options }) {
    this.after = after;
    /** @type {StreamState} */
    this.state = "connecting";
    this.options = options;
    this.Socket = Socket;
    this.failures = 0;
    this.socketNotBefore = 0;
    this.socketRefusals = 0;
    /** @type {((withinMs: number) => void) | null} asks the open socket for a sign of life */
    this.askSocket = null;
    this.stopped = new AbortController();
    /** @type {AbortController} ends whatever is being waited for, to go round the loop at once */
    this.turn = new AbortController();
  }

  /** Begin; entries after `after` come to `onEntries`. */
  start() {
    this.#listenForWaking();
    this.#run();
    return this;
  }

  /** End for good. */
  stop() {
    this.stopped.abort();
    this.turn.abort();
    this.#report("stopped");
  }

  /** Look again now: the page was woken, the network is back. */
  wake() {
    this.failures = 0;
    this.turn.abort();
  }

  /** Entry `seq` exists: when it does not come by itself soon, the line is dead although it looks open. */
  expect(seq, withinMs = 3000) {
    setTimeout(() => {
      if (this.after < seq && !this.stopped.signal.aborted) this.wake();
    }, withinMs);
  }

  async #run() {
    while (!this.stopped.signal.aborted) {
      this.turn = new AbortController();
      try {
        await this.#catchUp();
        this.#report("online");
        this.failures = 0;
        await (this.#socketsArePostponed() ? this.#poll() : this.#listen());
      } catch (error) {
        if (this.turn.signal.aborted) continue;
        if ([401, 403, 404].includes(error?.status)) return this.#refused(error);
        this.#report("reconnecting");
        await this.#pause(error?.retryAfter * 1000 || this.#backoff());
      }
    }
  }

  async #catchUp() {
    let batch;
    do {
      batch = await this.options.read(this.after, 0, this.turn.signal);
    } while (this.#take(batch) || batch.events.length > 0);
  }

  #socketsArePostponed() {
    return !this.Socket || performance.now() < this.socketNotBefore;
  }

  /** Long polls until it is time to try a socket again. */
  async #poll() {
    while (this.#socketsArePostponed()) {
      const began = performance.now();
      const wait = isLookedAt() ? POLL_WAIT_S : HIDDEN_POLL_WAIT_S;
      const batch = await this.options.read(this.after, wait, this.turn.signal);
      if (this.#take(batch)) return;
      if (!batch.events.length && performance.now() - began < 1000) await this.#pause(1000);
      if (this.stopped.signal.aborted || this.turn.signal.aborted) return;
    }
  }

  /**
   * One socket, from its opening to its end. Resolves when the next round may begin at once, else rejects.
   */
  async #listen() {
    const url = new URL(this.options.socketUrl());
    url.protocol = url.protocol.replace("http", "ws");
    const end = await openSocket(new this.Socket(url), {
      hello: () => this.options.hello(this.after),
      onFrame: (frame) => this.#frame(frame),
      onOpen: (ask) => (this.askSocket = ask),
      signal: this.turn.signal,
    });
    this.askSocket = null;
    if (end.why === "asked") return;
    this.#report("reconnecting");
    if (end.frames === 0) this.#postponeSockets();
    else this.socketRefusals = 0;
    if (end.frames > 0 && end.lasted < 3000) throw new Error("the socket was cut at once");
  }

  /** @param {any} frame */
  #frame(frame) {
    if (frame.events && this.#take(frame)) this.wake();
    if (frame.signal) this.options.onSignal?.(frame.signal);
    this.options.onFrame?.(frame);
  }

  /** @param {{events: Entry[], last_seq: number}} batch @returns {boolean} whether to read from the beginning */
  #take({ events, last_seq }) {
    if (this.stopped.signal.aborted) return false;
    const fresh = events.filter((entry) => entry.seq > this.after).sort((a, b) => a.seq - b.seq);
    if (fresh.length) {
      this.after = fresh[fresh.length - 1].seq;
      this.options.onEntries(fresh);
    } else if (!events.length && last_seq < this.after) {
      this.after = 0;
      this.options.onReset?.();
      return true;
    }
    return false;
  }

  /** No frame came through a socket: something on the way does not let them pass. Longer pauses each time. */
  #postponeSockets() {
    const pause = Math.min(SOCKET_AGAIN_MS * 2 ** this.socketRefusals, SOCKET_AGAIN_MOST_MS);
    this.socketRefusals += 1;
    this.socketNotBefore = performance.now() + pause;
  }

  #backoff() {
    const step = BACKOFF_MS[Math.min(this.failures, BACKOFF_MS.length - 1)];
    this.failures += 1;
    return step * (0.75 + Math.random() / 2);
  }

  /** @param {number} ms cut short by `wake` and `stop` */
  #pause(ms) {
    const { signal } = this.turn;
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      signal.addEventListener("abort", () => (clearTimeout(timer), resolve(undefined)));
    });
  }

  /** @param {StreamState} state */
  #report(state) {
    if (this.state === state || this.state === "stopped") return;
    this.state = state;
    this.options.onState?.(state);
  }

  #refused(error) {
    this.stop();
    this.options.onRefused?.(error);
  }

  /** A page that slept, was hidden, or changed its network cannot trust its socket. */
  #listenForWaking() {
    const signal = this.stopped.signal;
    const doubt = () => {
      if (!isLookedAt()) return;
      if (this.askSocket) this.askSocket(ANSWER_ON_WAKING_MS);
      else this.wake();
    };
    for (const event of ["visibilitychange", "resume"]) document.addEventListener(event, doubt, { signal });
    for (const event of ["pageshow", "focus"]) globalThis.addEventListener(event, doubt, { signal });
    globalThis.addEventListener("online", () => this.wake(), { signal });
    globalThis.addEventListener("offline", () => this.wake(), { signal });
    globalThis.navigator?.connection?.addEventListener?.("change", () => this.wake(), { signal });
    let tick = Date.now();
    const timer = setInterval(() => {
      if (Date.now() - tick > 4 * WAKE_TICK_MS) doubt(); // the machine slept
      tick = Date.now();
    }, WAKE_TICK_MS);
    signal.addEventListener("abort", () => clearInterval(timer));
  }
}

/** Whether somebody may be looking at the page. */
function isLookedAt() {
  return document.visibilityState === "visible";
}

/**
 * Live one socket's life. Resolves with why it ended ("asked": by `signal`, or due for a read over HTTP),
 * how many frames came, and how long it lasted in ms.
 * @param {WebSocket} socket
 * @param {{hello: () => object, onFrame: (frame: any) => void, onOpen: (ask: (withinMs: number) => void) => void,
 *   signal: AbortSignal}} options `onOpen` gets a function that asks the server for a sign of life
 * @returns {Promise<{why: "asked" | "lost", frames: number, lasted: number}>}
 */
function openSocket(socket, { hello, onFrame, onOpen, signal }) {
  return new Promise((resolve) => {
    const began = performance.now();
    let frames = 0;
    let quiet = 0;
    let answer = 0;
    const end = (why) => {
      for (const timer of [silence, resync, quiet, answer]) clearTimeout(timer);
      signal.removeEventListener("abort", asked);
      socket.onopen = socket.onmessage = socket.onclose = socket.onerror = null;
      socket.close();
      resolve({ why, frames, lasted: performance.now() - began });
    };
    const lost = () => end("lost");
    const asked = () => end("asked");
    const ask = (withinMs) => {
      if (socket.readyState !== 1) return;
      socket.send('{"ping": true}');
      clearTimeout(answer);
      answer = setTimeout(lost, withinMs);
    };
    const watch = () => {
      clearTimeout(quiet);
      quiet = setTimeout(() => (isLookedAt() ? ask(ANSWER_MS) : watch()), ASK_MS);
    };
    const resync = setTimeout(asked, RESYNC_MS);
    let silence = setTimeout(lost, OPEN_MS);
    signal.addEventListener("abort", asked);
    socket.onopen = () => {
      socket.send(JSON.stringify(hello()));
      onOpen(ask);
    };
    socket.onclose = socket.onerror = lost;
    socket.onmessage = ({ data }) => {
      const frame = JSON.parse(data);
      if (frame.error) return lost(); // the next read over HTTP says with its status whether that is final
      frames += 1;
      clearTimeout(silence);
      clearTimeout(answer);
      silence = setTimeout(lost, SILENCE_MS);
      watch();
      onFrame(frame);
    };
  });
}

/**
 * What the other side is doing: signals `{typing, from}`, `{seen, from}` with typing that
 * expires by itself. `typing` names who types ("bot", an agent's first name …); empty or false: stopped.
 */
export class Signals {
  /**
   * @param {{self: string, onChange: () => void, expiresMs?: number}} options `self`: whose own signals are
   *   no news
   */
  constructor({ self, onChange, expiresMs = 8000 }) {
    this.self = self;
    this.onChange = onChange;
    this.expiresMs = expiresMs;
    /** @type {string} who types now, "" when nobody does */
    this.typing = "";
    /** Highest entry the other side has seen. */
    this.seen = 0;
    this.timer = 0;
  }

  /** @param {any} signal a frame's `signal` */
  hear(signal) {
    if ((signal.from ?? signal.typing) === this.self) return;
    if (signal.seen > this.seen) this.seen = signal.seen;
    if ("typing" in signal)
      this.setTyping(signal.typing === true ? (signal.from ?? "agent") : signal.typing || "");
    else this.onChange();
  }

  /** @param {string} who "" when nobody does */
  setTyping(who) {
    clearTimeout(this.timer);
    if (who) this.timer = setTimeout(() => this.setTyping(""), this.expiresMs);
    this.typing = who;
    this.onChange();
  }
}
