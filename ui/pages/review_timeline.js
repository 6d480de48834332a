// The timeline: a lane for each lesion over all frames, and where the reader is.

const GUTTER = 34, LANE = { least: 18, most: 34, room: 108 };
const lanesInk = find('lanes').getContext('2d');
let hovered = null;   // the place under the pointer

const xOf = (place, width) => GUTTER + (place + 0.5) / Math.max(total(), 1) * (width - GUTTER);

function placeAt(clientX) {
  const { left, width } = find('timeline').getBoundingClientRect();
  return Math.floor((clientX - left - GUTTER) / (width - GUTTER) * total());
}

const laneHeight = () => Math.min(Math.max(Math.floor(LANE.room / Math.max(clip.state?.lesions.length ?? 0, 1)), LANE.least), LANE.most);

// Drawn anew when what it shows changes; the playhead moves above it.
function drawLanes() {
  const surface = find('lanes'), lesions = clip.state?.lesions ?? [];
  const height = laneHeight();
  const width = find('timeline').clientWidth, deep = Math.max(height * lesions.length, LANE.room);
  surface.style.height = find('timeline').style.height = `${deep}px`;
  surface.width = width * devicePixelRatio;
  surface.height = deep * devicePixelRatio;
  lanesInk.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0);
  const rows = new Map(lesions.map((each, row) => [each.number, { row, ...each }]));
  for (const { row, number } of rows.values()) drawGround(row * height, height, width, number);
  drawFrames(rows, height, width);
  drawNotRead(deep, width);
  for (const { row, ...lesion } of rows.values()) drawMarks(lesion, row * height, height, width);
}

const colour = (name) => getComputedStyle(find('root')).getPropertyValue(`--${name}`);

function drawGround(top, height, width, number) {
  lanesInk.fillStyle = colour(number === clip.selected ? 'raised' : 'panel');
  lanesInk.fillRect(0, top + 1, width, height - 2);
  lanesInk.fillStyle = colour('text');
  lanesInk.font = `${number === clip.selected ? 700 : 400} 16px system-ui, sans-serif`;
  lanesInk.textBaseline = 'middle';
  lanesInk.textAlign = 'center';
  lanesInk.fillText(String(number), GUTTER / 2, top + height / 2);
}

// Height is the probability so far; bright where the lesion is seen well, faint where it is only followed.
function drawFrames(rows, height, width) {
  const wide = Math.max((width - GUTTER) / Math.max(total(), 1), 1);
  const colours = Object.fromEntries(['low', 'uncertain', 'high', 'field'].map((name) => [name, colour(name)]));
  clip.lanes.forEach(({ lesions }, place) => {
    for (const [number, probability, own, quality] of lesions) {
      const lesion = rows.get(number);
      if (lesion === undefined) continue;
      const tall = Math.max(probability * (height - 4), 1);
      lanesInk.globalAlpha = own === null ? 0.25 : 0.45 + 0.55 * quality;
      lanesInk.fillStyle = colours[lesion.suspicion] ?? colours.field;
      lanesInk.fillRect(xOf(place, width) - wide / 2, (lesion.row + 1) * height - 2 - tall, wide, tall);
    }
  });
  lanesInk.globalAlpha = 1;
}

function drawNotRead(deep, width) {
  const half = (xOf(1, width) - xOf(0, width)) / 2;
  lanesInk.save();
  lanesInk.beginPath();
  clip.lanes.forEach(({ why }, place) => {
    if (why !== null) lanesInk.rect(xOf(place, width) - half, 0, 2 * half, deep);
  });
  lanesInk.clip();
  lanesInk.fillStyle = colour('ground');
  lanesInk.fillRect(0, 0, width, deep);
  lanesInk.beginPath();
  for (let x = -deep; x < width; x += 7) {
    lanesInk.moveTo(x, deep);
    lanesInk.lineTo(x + deep, 0);
  }
  lanesInk.strokeStyle = colour('field');
  lanesInk.stroke();
  lanesInk.restore();
}

// Where the words change, where the key frame is, and which frames were drawn by hand.
function drawMarks({ key_frame: key, edited }, top, height, width) {
  lanesInk.strokeStyle = colour('field');
  lanesInk.setLineDash([1, 4]);
  lanesInk.beginPath();
  for (const mark of props.operating_point) {
    const y = Math.round(top + height - 2 - mark * (height - 4)) + 0.5;
    lanesInk.moveTo(GUTTER, y);
    lanesInk.lineTo(width, y);
  }
  lanesInk.stroke();
  lanesInk.setLineDash([]);
  lanesInk.fillStyle = colour('text');
  for (const place of edited) lanesInk.fillRect(xOf(place, width) - 1, top + 1, 3, 5);
  if (key === null) return;
  lanesInk.beginPath();
  lanesInk.arc(xOf(key, width), top + height / 2, 5, 0, 2 * Math.PI);
  lanesInk.fill();
  lanesInk.lineWidth = 2;
  lanesInk.strokeStyle = colour('ground');
  lanesInk.stroke();
  lanesInk.lineWidth = 1;
}

function showMoment() {
  const timeline = find('timeline'), place = placeNow(), known = clip.lanes.length > 0;
  find('playhead').hidden = !known;
  find('playhead').style.transform = `translateX(${xOf(place, timeline.clientWidth)}px)`;
  timeline.setAttribute('aria-valuemax', Math.max(total(), 1));
  timeline.setAttribute('aria-valuenow', known ? place + 1 : 1);
  timeline.setAttribute('aria-valuetext', known ? momentOf(place) : t('no_clip'));
  write('moment', known ? momentOf(hovered ?? place) : '');
}

// A frame in words: its place, its time, and why it was not read or what is said of the chosen lesion.
function momentOf(place) {
  const frame = clip.lanes[place];
  if (frame === undefined) return t('not_yet_read');
  const said = [t('moment', { n: place + 1, all: total(), s: (frame.time_ms / 1000).toFixed(2) })];
  if (frame.why !== null) said.push(t('moment_why', { why: t(`unsuitable_${frame.why}`) }));
  else if (!frame.read) said.push(t('not_read'));
  const own = frame.lesions.find(([number]) => number === clip.selected);
  if (own) said.push(own[2] === null ? t('moment_followed', { n: own[0] }) : t('moment_lesion', { n: own[0], own: own[2].toFixed(2), quality: own[3].toFixed(2) }));
  return said.join(' · ');
}

function selectLaneAt(clientY) {
  const down = clientY - find('timeline').getBoundingClientRect().top;
  const lesion = clip.state.lesions[Math.floor(down / laneHeight())];
  if (lesion) select(lesion.number);
}

function listenToTimeline() {
  const timeline = find('timeline');
  timeline.addEventListener('pointerdown', (down) => {
    if (!isOpen() || clip.lanes.length === 0) return;
    timeline.setPointerCapture(down.pointerId);
    selectLaneAt(down.clientY);
    go(placeAt(down.clientX));
  });
  timeline.addEventListener('pointermove', (move) => {
    hovered = placeAt(move.clientX);
    if (hovered < 0 || hovered >= total()) hovered = null;
    if (timeline.hasPointerCapture(move.pointerId)) go(placeAt(move.clientX)); else showMoment();
  });
  timeline.addEventListener('pointerleave', () => { hovered = null; showMoment(); });
  new ResizeObserver(() => { drawLanes(); showMoment(); }).observe(timeline.parentElement);
}
