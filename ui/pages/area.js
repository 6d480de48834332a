// A rectangle on a picture, dragged by its corners or typed: what of it is read.

const SMALLEST_SIDE = 64;
const area = {
  picture: null,   // [columns, rows] of the picture it is marked on
  chosen: null,    // [left, top, width, height]
};

function isWhole() {
  return String(area.chosen) === String([0, 0, ...area.picture]);
}

function showArea() {
  const [columns, rows] = area.picture, [left, top, width, height] = area.chosen;
  const box = find('area_box').style;
  box.left = `${left / columns * 100}%`;
  box.top = `${top / rows * 100}%`;
  box.width = `${width / columns * 100}%`;
  box.height = `${height / rows * 100}%`;
  area.chosen.forEach((value, index) => { find(`area_${index}`).value = value; });
}

function setArea(left, top, right, bottom) {
  const [columns, rows] = area.picture;
  const within = (value, least, most) => Math.round(Math.min(Math.max(value, least), most));
  left = within(left, 0, columns - SMALLEST_SIDE);
  top = within(top, 0, rows - SMALLEST_SIDE);
  right = within(right, left + SMALLEST_SIDE, columns);
  bottom = within(bottom, top + SMALLEST_SIDE, rows);
  area.chosen = [left, top, right - left, bottom - top];
  showArea();
}

function typedArea() {
  const [left, top, width, height] = [0, 1, 2, 3].map((index) => Number(find(`area_${index}`).value) || 0);
  setArea(left, top, left + width, top + height);
}

function dragCorner(down) {
  const corner = down.target.dataset.corner;
  if (corner === undefined) return;
  down.preventDefault();
  down.target.setPointerCapture(down.pointerId);
  down.target.onpointermove = (move) => {
    const picture = find('area_picture').getBoundingClientRect(), [columns, rows] = area.picture;
    const x = (move.clientX - picture.left) / picture.width * columns;
    const y = (move.clientY - picture.top) / picture.height * rows;
    const [left, top, width, height] = area.chosen;
    const right = left + width, bottom = top + height;
    // The corner that is dragged gives way at the smallest side, the opposite one stays.
    setArea(
      corner[0] === '0' ? Math.min(x, right - SMALLEST_SIDE) : left,
      corner[1] === '0' ? Math.min(y, bottom - SMALLEST_SIDE) : top,
      corner[0] === '1' ? x : right,
      corner[1] === '1' ? y : bottom,
    );
  };
  down.target.onpointerup = down.target.onpointercancel = () => { down.target.onpointermove = null; };
}

function listenToCorners() {
  for (const index of [0, 1, 2, 3]) find(`area_${index}`).addEventListener('change', typedArea);
  find('area').addEventListener('pointerdown', dragCorner);
}
