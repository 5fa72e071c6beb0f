/**
 * Where the customer is in the guided contact: what was chosen at each step, and which step is shown. Kept as
 * plain data, so that a reload goes on where it was. Changing one step leaves the others as they are.
 */

/**
 * @typedef {{issue: string, title: string, issues?: Issue[], end?: End}} Issue
 * @typedef {{asks: string, needs_text: boolean, ways: Array<{way: string, title: string}>, recommended: string,
 *   hint: string, seller: "asked" | "messages" | null}} End
 * @typedef {{topic: string, title: string, picks_line: boolean, to_seller: string | null, issues: Issue[]}} Topic
 * @typedef {{line_id: string, order_id: string, ordered_at: string, title: string, image: string, url: string,
 *   quantity: number, state: string, state_label: string, seller: string, sent_by: string, topics: string[]}} Line
 * @typedef {{topic: string | null, line: Line | null, noLine: boolean, paths: Record<string, string[]>, text:
 *   string, at: string | null, isOpen: boolean, customer: string | null}} Kept `paths`: topic → issues chosen, the first one first; `at`:
 *   the step the customer has gone back to
 */

/** @returns {Kept} nothing chosen */
const fresh = () => ({
  topic: null,
  line: null,
  noLine: false,
  paths: {},
  text: "",
  at: null,
  isOpen: false,
  customer: null,
});

export class GuideState {
  /** @param {string | null} stored what `stored` gave @param {(text: string | null) => void} keep */
  constructor(stored, keep) {
    this.keep = keep;
    /** @type {Kept} */
    this.kept = { ...fresh(), ...read(stored) };
    /** @type {{topics: Topic[], signed_in: boolean, lines: any} | null} */
    this.tree = null;
  }

  get isOpen() {
    return this.kept.isOpen;
  }

  get topic() {
    return this.tree?.topics.find(({ topic }) => topic === this.kept.topic) ?? null;
  }

  /** The chosen line, when the topic is about it. */
  get line() {
    const { line, topic } = this.kept;
    return line && topic && line.topics.includes(topic) ? line : null;
  }

  /** The issues chosen, as far as the tree still has them. @returns {Issue[]} */
  get path() {
    const chosen = [];
    let among = this.topic?.issues ?? [];
    for (const name of this.kept.paths[this.kept.topic] ?? []) {
      const issue = among.find((one) => one.issue === name);
      if (!issue) break;
      chosen.push(issue);
      among = issue.issues ?? [];
    }
    return chosen;
  }

  /** Where the path ends, when it does. @returns {End | null} */
  get end() {
    return this.path.at(-1)?.end ?? null;
  }

  /** Whether lines can be picked for the topic: there are any, or there may be when the shop does not answer. */
  get picksLine() {
    const { total, available } = this.tree.lines;
    return Boolean(this.topic?.picks_line && (total > 0 || (!available && this.tree.signed_in)));
  }

  /**
   * The steps as far as they are known, in order: "topic", "line", "issue0", "issue1" …, "end".
   * @returns {string[]}
   */
  get steps() {
    if (!this.topic) return ["topic"];
    const path = this.path;
    const open = this.end ? ["end"] : [`issue${path.length}`];
    return ["topic", ...(this.picksLine ? ["line"] : []), ...path.map((_, index) => `issue${index}`), ...open];
  }

  /** The step that is shown: where the customer went back to, else the first one that is not given. */
  get step() {
    const { steps } = this;
    if (this.kept.at && steps.includes(this.kept.at)) return this.kept.at;
    return steps.find((step) => !this.isGiven(step));
  }

  isGiven(step) {
    if (step === "topic") return Boolean(this.topic);
    if (step === "line") return Boolean(this.line) || this.kept.noLine;
    return step !== "end" && Number(step.slice(5)) < this.path.length;
  }

  /** The issues offered at a step. @returns {Issue[]} */
  issuesAt(step) {
    const depth = Number(step.slice(5));
    return depth === 0 ? this.topic.issues : (this.path[depth - 1].issues ?? []);
  }

  /** Choose at the step that is shown; what was chosen elsewhere stays. @param {Partial<Kept>} change */
  #choose(change) {
    this.#change({ ...change, at: null });
  }

  chooseTopic(topic) {
    this.#choose({ topic });
  }

  /** @param {Line | null} line null: it is not in the list */
  chooseLine(line) {
    this.#choose({ line, noLine: !line });
  }

  /** Another issue has other finer ones; the same one keeps them. */
  chooseIssue(step, name) {
    const depth = Number(step.slice(5));
    const before = this.kept.paths[this.kept.topic] ?? [];
    const path = before[depth] === name ? before : [...before.slice(0, depth), name];
    this.#choose({ paths: { ...this.kept.paths, [this.kept.topic]: path } });
  }

  /** R19: to the issue with which the customer writes to the seller. */
  chooseSeller() {
    const path = pathTo(this.topic.issues, this.topic.to_seller);
    if (path) this.#choose({ paths: { ...this.kept.paths, [this.kept.topic]: path } });
  }

  write(text) {
    this.#change({ text });
  }

  goTo(step) {
    this.#change({ at: step });
  }

  /** One step back; false when this is the first one. */
  back() {
    const place = this.steps.indexOf(this.step);
    if (place <= 0) return false;
    this.goTo(this.steps[place - 1]);
    return true;
  }

  show(isOpen) {
    this.#change({ isOpen });
  }

  /** Whose choices these are: what somebody else picked from their orders, and wrote, is not shown. */
  belongTo(customer) {
    const { customer: before, isOpen, topic } = this.kept;
    if (before === customer) return;
    this.#change(before ? { ...fresh(), isOpen, topic, customer } : { customer, noLine: false });
  }

  /** Sent: begin from nothing the next time. */
  finish() {
    this.kept = fresh();
    this.keep(null);
  }

  /** What is sent, without the id. */
  choices(way) {
    return {
      topic: this.kept.topic,
      issue: this.path.at(-1).issue,
      way,
      line_id: this.line?.line_id ?? null,
      text: this.kept.text.trim() || null,
    };
  }

  #change(change) {
    this.kept = { ...this.kept, ...change };
    this.keep(JSON.stringify(this.kept));
  }
}

/** Whether two choices say the same, whatever the order of their fields. */
export function sameChoices(one, other) {
  return (
    Boolean(one && other) &&
    ["topic", "issue", "way", "line_id", "text"].every((name) => (one[name] ?? null) === (other[name] ?? null))
  );
}

/** The names of the issues that lead to `name`. @param {Issue[]} issues @returns {string[] | null} */
function pathTo(issues, name) {
  for (const issue of issues) {
    if (issue.issue === name) return [name];
    const below = pathTo(issue.issues ?? [], name);
    if (below) return [issue.issue, ...below];
  }
  return null;
}

function read(stored) {
  try {
    return JSON.parse(stored ?? "{}");
  } catch {
    return {};
  }
}
