// What the benchmarks say of many measurements.

/** The value that a part of the values, 0..1, lie below; undefined of none. */
export const quantile = (values, part) => [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * part))];

export const median = (values) => quantile(values, 0.5);
