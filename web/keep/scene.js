// What a file shows: one drawing with its word, or a game's drawings on one page, as a still picture and as it was drawn.
//
//   const scene = makeScene(layout, theme, family);
//   scene.backdrop(context);          all that does not move, in scene.width x scene.height
//   scene.moment(context, seconds);   over it, the ink as it was by then; the end, from scene.length on

import { createHand, viewIn } from './hand.js';

const longestPause = 0.35; // seconds: nobody wants to watch somebody think
const longest = 5; // seconds, all pauses left out
const looping = 0.4; // the marker's way around what was recognised
const resting = 1.8; // the finished drawing is looked at

/** The strokes with the times of a replay that is worth watching: [{x, y, t}], t from 0; and its length. */
export function paced(strokes) {
  let now = 0;
  let before = strokes[0][0].t;
  const timed = strokes.map((stroke) => stroke.map((point) => {
    now += Math.min(Math.max(point.t - before, 0), longestPause);
    before = point.t;
    return { ...point, t: now };
  }));
  const pace = Math.min(1, longest / Math.max(now, 1e-3));
  for (const stroke of timed) for (const point of stroke) point.t *= pace;
  return { strokes: timed, length: now * pace };
}

// The strokes as they were at a moment; where one breaks off, its end is interpolated.
function until(strokes, moment) {
  const drawn = [];
  for (const stroke of strokes) {
    if (stroke[0].t > moment) break;
    const count = stroke.findIndex(({ t }) => t > moment);
    if (count < 0) {
      drawn.push(stroke);
      continue;
    }
    const [a, b] = [stroke[count - 1], stroke[count]];
    const k = (moment - a.t) / (b.t - a.t);
    drawn.push([...stroke.slice(0, count), { x: a.x + k * (b.x - a.x), y: a.y + k * (b.y - a.y), t: moment }]);
  }
  return drawn;
}

// A drawing in its place.
function place({ strokes, recognized }, room, around, most, width, seed) {
  const replay = paced(strokes);
  const view = viewIn(strokes, room, most);
  return {
    length: replay.length + (recognized ? looping : 0),
    draw(hand, moment, loops) {
      if (recognized && loops) {
        const share = Math.min(1, (moment - replay.length) / looping);
        hand.loop(view.box, around, width * 1.8, seed, share * share * (3 - 2 * share));
      }
      hand.ink(moment >= replay.length ? replay.strokes : until(replay.strokes, moment), view, width);
    },
  };
}

function sceneOf(width, height, theme, family, wobble, places, backdrop) {
  const length = Math.max(0.5, ...places.map((placed) => placed.length));
  const handOf = (context) => createHand(context, theme, family, wobble);
  return {
    width,
    height,
    length,
    whole: length + resting,
    backdrop: (context) => backdrop(handOf(context)),
    // loops: a replay shows the moment of recognition, a picture need not.
    moment(context, seconds, { loops = true } = {}) {
      const hand = handOf(context);
      for (const placed of places) placed.draw(hand, seconds, loops);
    },
  };
}

function single({ title, drawings: [drawing] }, theme, family) {
  const [width, height] = [1024, 1024];
  const sheet = { x: 54, y: 50, w: 916, h: 780 };
  const room = { x: sheet.x + 110, y: sheet.y + 96, w: sheet.w - 220, h: sheet.h - 192 };
  const places = drawing.strokes.length ? [place(drawing, room, sheet, 4, 15, 9)] : [];
  return sceneOf(width, height, theme, family, 2.4, places, (hand) => {
    hand.paper({ x: 0, y: 0, w: width, h: height });
    hand.sheet(sheet, 22);
    if (drawing.recognized) hand.tick(sheet.x + sheet.w - 62, sheet.y + 66, 58);
    const name = hand.width(34, title);
    hand.text(width - 54, 964, 34, theme.soft, title, 'right');
    const em = hand.fit(72, drawing.word, width - 220 - 2 * name);
    hand.highlighted(width / 2, 924, em, drawing.word, 40);
  });
}

function page({ heading, title, tagline, drawings }, theme, family) {
  const [width, height] = [1200, 1500];
  const columns = drawings.length <= 1 ? 1 : drawings.length <= 6 ? 2 : 3;
  const rows = Math.ceil(drawings.length / columns);
  const gap = 30;
  const grid = { x: 66, y: 204, w: width - 132, h: height - 204 - 150 };
  const [w, h] = [(grid.w - gap * (columns - 1)) / columns, (grid.h - gap * (rows - 1)) / rows];
  const foot = Math.min(124, h * 0.34);
  const cells = drawings.map((drawing, i) => ({ drawing, i,
    box: { x: grid.x + (i % columns) * (w + gap), y: grid.y + Math.floor(i / columns) * (h + gap), w, h } }));
  const places = cells.filter(({ drawing }) => drawing.strokes.length).map(({ drawing, box, i }) => {
    const room = { x: box.x + 84, y: box.y + 34, w: box.w - 168, h: box.h - foot - 46 };
    const around = { x: box.x + 6, y: box.y + 6, w: box.w - 12, h: box.h - foot + 8 };
    return place(drawing, room, around, 3, h < 200 ? 7 : 9, 9 + i);
  });
  return sceneOf(width, height, theme, family, 2.2, places, (hand) => {
    hand.paper({ x: 0, y: 0, w: width, h: height });
    hand.text(width / 2, 112, hand.fit(112, heading, width - 160), theme.ink, heading);
    for (const { drawing, box, i } of cells) {
      hand.sheet(box, 50 + i);
      const [x, y] = [box.x + box.w - 46, box.y + 50];
      if (drawing.recognized) hand.tick(x, y, 48);
      else hand.cross(x, y, 38);
      const color = drawing.recognized ? theme.green : theme.red;
      const middle = box.x + box.w / 2;
      const em = hand.fit(52, drawing.word, box.w - 44);
      hand.text(middle, box.y + box.h - foot + foot * 0.28, em, color, drawing.word);
      const small = 35;
      hand.text(middle, box.y + box.h - foot * 0.29, small, theme.soft, hand.shortened(small, drawing.note, box.w - 40));
    }
    const y = height - 74;
    const [name, gapBetween] = [hand.width(58, title), 56];
    const room = width - 200 - name - gapBetween;
    const em = hand.fit(40, tagline, room);
    const whole = name + gapBetween + hand.width(em, tagline);
    hand.highlighted(width / 2 - whole / 2 + name / 2, y, 58, title, 5);
    hand.text(width / 2 + whole / 2, y + 3, em, theme.soft, tagline, 'right');
  });
}

/** layout: {heading, title, tagline, drawings: [{word, note, recognized, strokes}]}: one drawing alone, or `together` on
 * a page. family: the faces, as a font's. */
export function makeScene(layout, together, theme, family) {
  return (together ? page : single)(layout, theme, family);
}
