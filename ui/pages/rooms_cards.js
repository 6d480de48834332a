// One card a room, or more where a name is given twice. A card stays as long as its room is there; only what it says changes.

const page = { rooms: null, own: null, trouble: null, ago: null, made: new Map() };
window.senoscope = { page };

// A shape of its own for each state, so that colour is never alone.
const SHAPES = { starting: '◔', reading: '●', ai_off: '▲', source_lost: '✕', source_ended: '■', ended: '□', silent: '◌', unknown: '◆' };
const QUIET = ['reading', 'starting', 'ended', 'source_ended'];
const ROWS = ['fps', 'engine', 'exam', 'heard', 'frames', 'falls', 'since', 'runs', 'on'];
const UNBROKEN = '\u00a0';

const tell = (text) => write('message', text);
const keyOf = ({ name, instance, twins }) => (twins.length ? `${name} ${instance}` : name);

// Today's times need no day.
function minuteOf(time) {
  const [day, minute] = whenOf(time).split(' '), [today] = whenOf(Date.now()).split(' ');
  return day === today ? minute : `${day}${UNBROKEN}${minute}`;
}

const stateSaid = ({ state, heard_at: at }) => (state === 'silent' ? t('rooms_state_silent', { time: minuteOf(at) }) : t(`rooms_state_${state}`));
const countSaid = (n) => n.toLocaleString('en').replaceAll(',', UNBROKEN);

function agoSaid(seconds) {
  if (seconds < 90) return t('rooms_ago_s', { n: Math.round(seconds) });
  if (seconds < 5400) return t('rooms_ago_min', { n: Math.round(seconds / 60) });
  if (seconds < 129600) return t('rooms_ago_h', { n: Math.round(seconds / 3600) });
  return t('rooms_ago_d', { n: Math.round(seconds / 86400) });
}

// What is only true of a room that is heard from is not said of another.
function examSaid({ state, exam_since: since }) {
  if (state === 'ended') return t('rooms_nothing');
  if (since === null) return t('rooms_exam_none');
  return t(state === 'silent' ? 'rooms_exam_was' : 'rooms_exam_open', { time: minuteOf(since) });
}

const SAID = {
  fps: ({ state, fps }) => (['ended', 'silent'].includes(state) ? t('rooms_nothing') : fps.toFixed(1)),
  engine: ({ engine }) => engine || t('rooms_nothing'),
  exam: examSaid,
  heard: ({ heard_ago_s: ago }) => agoSaid(ago + (page.ago ?? 0)),
  frames: ({ captured, read }) => t('rooms_frames', { captured: countSaid(captured), read: countSaid(read) }),
  falls: ({ engine_falls: falls }) => countSaid(falls),
  since: ({ started_at: at }) => minuteOf(at),
  runs: (room) => aboutOf({ ...room, engine: '' }).replaceAll(UNBROKEN, ' '),
  on: ({ machine, instance }) => t('rooms_on', { machine, n: instance }),
};

function newCard(key) {
  const card = make('li', 'card'), part = {};
  const head = make('h3', 'head', card);
  part.shape = make('span', 'shape', head);
  part.shape.ariaHidden = true;
  part.name = make('span', 'name', head);
  const says = make('p', 'state', card);
  part.state = make('strong', '', says);
  part.simulated = make('span', 'simulated', says);
  part.twin = make('p', 'twin', card);
  const facts = make('dl', 'facts-of', card);
  for (const row of ROWS) {
    const pair = make('div', row, facts);
    part[`${row}_title`] = make('dt', '', pair);
    part[row] = make('dd', '', pair);
  }
  page.made.set(key, { card, part });
  return { card, part };
}

function put(target, text) {
  if (target.textContent !== text) target.textContent = text;
}

function showRoom(room) {
  const key = keyOf(room), { card, part } = page.made.get(key) ?? newCard(key);
  card.dataset.room = room.state;
  put(part.shape, SHAPES[room.state]);
  put(part.name, room.name);
  put(part.state, stateSaid(room));
  put(part.simulated, room.simulated ? `◇ ${t('simulated')}` : '');
  put(part.twin, room.twins.length ? t('rooms_twin', { n: room.instance, others: room.twins.join(', ') }) : '');
  for (const row of ROWS) {
    put(part[`${row}_title`], t(`rooms_row_${row}`));
    put(part[row], SAID[row](room));
  }
  return card;
}

// In their order; nothing is moved that is in its place.
function showCards() {
  const list = find('list'), cards = page.rooms.map(showRoom), shown = new Set(page.rooms.map(keyOf));
  for (const [key, { card }] of page.made) if (!shown.has(key)) { card.remove(); page.made.delete(key); }
  cards.forEach((card, place) => { if (list.children[place] !== card) list.insertBefore(card, list.children[place] ?? null); });
}
