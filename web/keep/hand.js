// The look of the game (wasm/ui: theme, sketch, ink_canvas) on a canvas of the page, for the files that are made of
// drawings. What it draws is the same every time.

export const themes = {
  light: { paper: '#FAF6EC', sheet: '#FFFDF7', ink: '#20242E', soft: '#6F6A5E', line: '#D9D2C0', shadow: '#ECE6D8',
    marker: '#FFD23F', onMarker: '#20242E', red: '#C9431B', green: '#1F7F56', dark: false },
  dark: { paper: '#1B1D22', sheet: '#24272E', ink: '#F4EFE3', soft: '#A8A497', line: '#3A3E47', shadow: '#141519',
    marker: '#F2C230', onMarker: '#20242E', red: '#FF7A55', green: '#4CC38A', dark: true },
};

const turn = 2 * Math.PI;

// Numbers in 0..1 from a seed (mulberry32, Tommy Ettinger).
function random(seed) {
  let state = seed * 0x9e3779b9;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let z = Math.imul(state ^ (state >>> 15), state | 1);
    z ^= z + Math.imul(z ^ (z >>> 7), z | 61);
    return ((z ^ (z >>> 14)) >>> 0) / 2 ** 32;
  };
}

// A slow unsteadiness along a line: two waves of the hand, in -1..1.
function tremor(next, stretch) {
  const [a, b] = [next() * turn, next() * turn];
  const [long, short] = [(70 + 40 * next()) * stretch, (21 + 12 * next()) * stretch];
  return (s) => 0.7 * Math.sin((s * turn) / long + a) + 0.3 * Math.sin((s * turn) / short + b);
}

function resampled(corners, step) {
  const points = [corners[0]];
  for (let i = 1; i < corners.length; ++i) {
    const [a, b] = [corners[i - 1], corners[i]];
    const pieces = Math.max(1, Math.floor(Math.hypot(b.x - a.x, b.y - a.y) / step));
    for (let k = 1; k <= pieces; ++k) points.push({ x: a.x + ((b.x - a.x) * k) / pieces, y: a.y + ((b.y - a.y) * k) / pieces });
  }
  return points;
}

function trembling(points, amount, stretch, next) {
  const [x, y] = [tremor(next, stretch), tremor(next, stretch)];
  let s = 0;
  return points.map((point, i) => {
    if (i > 0) s += Math.hypot(point.x - points[i - 1].x, point.y - points[i - 1].y);
    return { x: point.x + amount * x(s), y: point.y + amount * y(s) };
  });
}

function boxPath({ x, y, w, h }, radius, wobble, seed) {
  const next = random(seed);
  const corner = () => radius * (0.8 + 0.45 * next());
  const [a, b, c, d] = [corner(), corner(), corner(), corner()];
  const arc = (cx, cy, r, from) => Array.from({ length: 11 }, (_, i) => {
    const angle = from + (turn / 4) * (i / 10);
    return { x: cx + r * Math.cos(angle), y: cy + r * Math.sin(angle) };
  });
  const path = [{ x: x + d, y }, ...arc(x + w - a, y + a, a, -turn / 4), ...arc(x + w - b, y + h - b, b, 0),
    ...arc(x + c, y + h - c, c, turn / 4), ...arc(x + d, y + d, d, turn / 2), { x: x + d + radius, y }];
  return trembling(resampled(path, 6 * wobble), 0.9 * wobble, wobble, next);
}

/** The box of a drawing's ink: {left, top, right, bottom}. */
export function boundsOf(strokes) {
  const points = strokes.flat();
  const of = (name, pick) => points.reduce((found, point) => pick(found, point[name]), points[0][name]);
  return { left: of('x', Math.min), top: of('y', Math.min), right: of('x', Math.max), bottom: of('y', Math.max) };
}

/** The view that shows a drawing in the middle of a room, enlarged at most `most` times: to => scale, x, y. */
export function viewIn(strokes, room, most) {
  const { left, top, right, bottom } = boundsOf(strokes);
  const scale = Math.min(room.w / Math.max(right - left, 1), room.h / Math.max(bottom - top, 1), most);
  const [x, y] = [room.x + room.w / 2 - ((left + right) / 2) * scale, room.y + room.h / 2 - ((top + bottom) / 2) * scale];
  return { scale, x, y, box: { x: x + left * scale, y: y + top * scale, w: (right - left) * scale, h: (bottom - top) * scale } };
}

/** A stroke in a view, as [move, curve, ...]: [x, y] and [controlX, controlY, x, y]; smoothed by quadratic curves
 * through the midpoints of its segments, as the game does it. */
export function curvesOf(stroke, { scale, x, y }) {
  const points = stroke.map((point) => [x + point.x * scale, y + point.y * scale]);
  if (points.length < 3) return [points[0], ...points.slice(1).map((point) => [...point, ...point])];
  const curves = [points[0]];
  for (let i = 1; i + 1 < points.length; ++i) {
    const [a, b] = [points[i], points[i + 1]];
    const end = i + 2 === points.length ? b : [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2];
    curves.push([...a, ...end]);
  }
  return curves;
}

/** The hand that draws on a context in a theme. wobble: CSS pixels of the game's screen to one of the canvas. */
export function createHand(context, theme, family, wobble) {
  context.lineCap = 'round';
  context.lineJoin = 'round';

  function trace(path) {
    context.beginPath();
    path.forEach(({ x, y }, i) => (i ? context.lineTo(x, y) : context.moveTo(x, y)));
  }
  function stroke(path, width, color) {
    trace(path);
    context.lineWidth = width;
    context.strokeStyle = color;
    context.stroke();
  }
  function fill(path, color) {
    trace(path);
    context.fillStyle = color;
    context.fill();
  }
  function letters(em) { context.font = `${em}px ${family}`; }

  return {
    theme,
    paper({ x, y, w, h }) {
      context.fillStyle = theme.paper;
      context.fillRect(x, y, w, h);
    },
    sheet(box, seed) {
      const path = boxPath(box, 9 * wobble, wobble, seed);
      fill(path.map(({ x, y }) => ({ x: x + 4 * wobble, y: y + 6 * wobble })), theme.shadow);
      fill(path, theme.sheet);
      stroke(path, 1.6 * wobble, theme.line);
    },
    width(em, words) {
      letters(em);
      return context.measureText(words).width;
    },
    /** The largest size, at most `em`, at which the words fit. */
    fit(em, words, room) { return Math.min(em, (em * room) / Math.max(1, this.width(em, words))); },
    /** As much of the words as fits, with an ellipsis. */
    shortened(em, words, room) {
      let shown = [...words];
      while (shown.length > 1 && this.width(em, shown.join('')) > room) shown = [...shown.slice(0, -2), '…'];
      return shown.join('');
    },
    text(x, y, em, color, words, align = 'center') {
      letters(em);
      Object.assign(context, { fillStyle: color, textAlign: align, textBaseline: 'middle' });
      context.fillText(words, x, y);
    },
    /** Words with marker behind them, around a point. By night the letters are dark on it, so it lies under them all. */
    highlighted(x, y, em, words, seed) {
      const w = this.width(em, words) + em * 0.9;
      const h = em * (theme.dark ? 1.3 : 0.98);
      const strokes = theme.dark ? 3 : 2;
      const thickness = (h / strokes) * 1.16;
      const next = random(seed);
      const short = Math.min(0.05 * w, theme.dark ? 0.2 * em : w); // dark letters must not stick out by night
      for (let i = 0; i < strokes; ++i) {
        const lean = (next() - 0.4) * 0.05 * Math.min(w, 160 * wobble);
        const top = y - h / 2 + thickness / 2 + ((h - thickness) * i) / (strokes - 1);
        const ends = [x - w / 2 + thickness / 2 + next() * 0.8 * short, x + w / 2 - thickness / 2 - next() * short];
        const line = resampled([{ x: ends[0], y: top - lean / 2 }, { x: ends[1], y: top + lean / 2 }], 9 * wobble);
        stroke(trembling(line, 0.8 * wobble, wobble, next), thickness, theme.marker);
      }
      this.text(x, y, em, theme.onMarker, words);
    },
    tick(x, y, size) {
      const at = (dx, dy) => ({ x: x + ((dx - 50) / 100) * size, y: y + ((dy - 50) / 100) * size });
      stroke([at(10, 52), at(24, 66), at(36, 84), at(58, 46), at(92, 14)], 0.17 * size, theme.green);
    },
    cross(x, y, size) {
      const at = (dx, dy) => ({ x: x + ((dx - 50) / 100) * size, y: y + ((dy - 50) / 100) * size });
      stroke([at(18, 18), at(50, 50), at(82, 84)], 0.2 * size, theme.red);
      stroke([at(82, 16), at(50, 50), at(17, 83)], 0.2 * size, theme.red);
    },
    /** Ink, of the strokes as they stand. */
    ink(strokes, view, width) {
      context.lineWidth = width;
      context.strokeStyle = context.fillStyle = theme.ink;
      for (const points of strokes) {
        const [[x, y], ...curves] = curvesOf(points, view);
        context.beginPath();
        if (curves.length === 0) {
          context.arc(x, y, width / 2, 0, turn); // a line without length is not drawn
          context.fill();
          continue;
        }
        context.moveTo(x, y);
        for (const curve of curves) context.quadraticCurveTo(...curve);
        context.stroke();
      }
    },
    /** The marker's loop around something that was recognised, no further than the room; share: how far it has come. */
    loop(box, room, width, seed, share) {
      if (share <= 0) return;
      const next = random(seed);
      const shake = tremor(next, 1);
      const reach = { x: Math.min(box.w * 0.66 + width * 1.6, room.w / 2 - width), y: Math.min(box.h * 0.66 + width * 1.6, room.h / 2 - width) };
      const middle = {
        x: Math.min(Math.max(box.x + box.w / 2, room.x + reach.x + width), room.x + room.w - reach.x - width),
        y: Math.min(Math.max(box.y + box.h / 2, room.y + reach.y + width), room.y + room.h - reach.y - width),
      };
      const start = -2.3 + 0.6 * next();
      const points = Math.max(1, Math.round(64 * share));
      stroke(Array.from({ length: points + 1 }, (_, i) => {
        const t = i / 64;
        const angle = start + t * turn * 1.06;
        const k = 1 + 0.012 * shake(t * 260) + 0.05 * t - 0.05;
        return { x: middle.x + Math.cos(angle) * reach.x * k, y: middle.y + Math.sin(angle) * reach.y * k };
      }), width, theme.marker);
    },
  };
}
