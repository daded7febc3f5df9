// One drawing as an SVG: lines that can be scaled and edited, smoothed and round as in the game, on its paper.

import { boundsOf, curvesOf } from './hand.js';

// The stroke without points that lie closer together than `least`, but for its end.
function thinned(stroke, least) {
  const kept = [stroke[0]];
  for (const point of stroke.slice(1, -1)) {
    if (Math.hypot(point.x - kept.at(-1).x, point.y - kept.at(-1).y) >= least) kept.push(point);
  }
  if (stroke.length > 1) kept.push(stroke.at(-1));
  return kept;
}

/** strokes: [[{x, y}, ...], ...], with ink. */
export function toSvg({ word, strokes }, theme) {
  const width = 6;
  const margin = 24;
  const { left, top, right, bottom } = boundsOf(strokes);
  const scale = 400 / Math.max(right - left, bottom - top, 1);
  const [w, h] = [Math.ceil((right - left) * scale) + 2 * margin, Math.ceil((bottom - top) * scale) + 2 * margin];
  const view = { scale, x: margin - left * scale, y: margin - top * scale };
  const number = (value) => String(Math.round(value * 10) / 10);
  const pair = (numbers) => numbers.map(number).join(' ');
  const paths = strokes.map((stroke) => {
    const [start, ...curves] = curvesOf(thinned(stroke, 2 / scale), view);
    // A dot is a line of no length, which round ends make visible.
    return `<path d="M${pair(start)}${curves.length ? curves.map((curve) => `Q${pair(curve)}`).join('') : 'h0'}"/>`;
  });
  const escaped = word.replace(/[<&>]/g, (letter) => `&#${letter.charCodeAt(0)};`);
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${w} ${h}" width="${w}" height="${h}">
<title>${escaped}</title>
<rect width="${w}" height="${h}" fill="${theme.sheet}"/>
<g fill="none" stroke="${theme.ink}" stroke-width="${width}" stroke-linecap="round" stroke-linejoin="round">
${paths.join('\n')}
</g>
</svg>
`;
}
