// What the device keeps from visit to visit: short texts under names, in localStorage. A page without storage keeps
// them for the visit.

const ofThisVisit = new Map();
const stored = (name) => `inkling.${name}`;

/** The text under a name, or null. */
export function recall(name) {
  if (ofThisVisit.has(name)) return ofThisVisit.get(name);
  try { return localStorage.getItem(stored(name)); } catch { return null; }
}

export function remember(name, text) {
  ofThisVisit.set(name, text);
  try { localStorage.setItem(stored(name), text); } catch { /* for this visit, then */ }
}
