/** Axes with round numbers: how far one goes, and how its values are written. */

import { duration } from "../dom.js";
import { locale } from "./words.js";

/** @typedef {{top: (most: number) => number, format: (value: number) => string}} Scale */

const number = new Intl.NumberFormat(locale, { maximumFractionDigits: 1 });
const inSeconds = new Intl.NumberFormat(locale, { style: "unit", unit: "second", unitDisplay: "short", maximumFractionDigits: 0 });

/** Tops of times in seconds whose half is round as well; above a day, whole days. */
const TIMES = [20, 60, 120, 240, 600, 1200, 2400, 3600, 7200, 14_400, 28_800, 43_200, 86_400];

/** Whole numbers: the top's half is whole too. @type {Scale} */
export const COUNTS = {
  top(most) {
    const size = 10 ** Math.floor(Math.log10(Math.max(1, most)));
    return [1, 2, 4, 6, 8, 10].map((factor) => factor * size).find((one) => one >= most && one % 2 === 0);
  },
  format: (value) => number.format(value),
};

/** Times in seconds. @type {Scale} */
export const SECONDS = {
  top: (most) => TIMES.find((one) => one >= most) ?? 172_800 * Math.ceil(most / 172_800),
  format: (value) => (value < 60 ? inSeconds.format(value) : duration(Math.round(value / 60) * 60_000, locale)),
};
