/** One soft sound for an answer nobody is looking at, over all tabs; made here, nothing is loaded for it. */

import { exclusively } from "./session.js";

/**
 * Sound for entry `seq`, unless a tab has done so already or the customer wants none.
 * @param {import("./storage.js").Storage} storage @param {number} seq
 */
export function sound(storage, seq) {
  if (storage.get("silent")) return;
  exclusively("puente-sound", async () => {
    if ((storage.get("sounded") ?? 0) >= seq) return;
    storage.set("sounded", seq);
    chime();
  }).catch(() => {});
}

function chime() {
  const Context = globalThis.AudioContext;
  if (!Context || globalThis.navigator.userActivation?.hasBeenActive === false) return; // the browser would refuse
  const context = new Context();
  for (const [at, pitch] of [
    [0, 660],
    [0.12, 880],
  ]) {
    const tone = new OscillatorNode(context, { frequency: pitch });
    const loudness = new GainNode(context, { gain: 0 });
    loudness.gain.setTargetAtTime(0.08, context.currentTime + at, 0.01);
    loudness.gain.setTargetAtTime(0, context.currentTime + at + 0.1, 0.06);
    tone.connect(loudness).connect(context.destination);
    tone.start(context.currentTime + at);
    tone.stop(context.currentTime + at + 0.6);
  }
  setTimeout(() => context.close(), 1500);
}
