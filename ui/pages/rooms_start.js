// The sum, what needs a look, how this room is told of, and asking again and again.

const AGAIN_MS = 2000, ANSWER_MS = 10000, OLD_S = 10;
let asking = null;

function showWords() {
  writeWords();
  showTheme();
  write('none_typed', props.typed);
  write('none_setting', props.setting);
  showRooms();
}

function showRooms() {
  showOwn();
  if (page.rooms === null) { write('sum', t('rooms_looking')); return; }
  const { rooms } = page, here = rooms.filter(({ state }) => state !== 'ended');
  find('root').dataset.state = isOld() ? 'old' : 'open';
  find('none').hidden = rooms.length > 0;
  write('sum', rooms.length ? sumOf(rooms) : t('rooms_none'));
  write('needs', needsOf(rooms, here));
  showCards();
}

function sumOf(rooms) {
  const counts = Object.keys(SHAPES).map((state) => [state, rooms.filter((room) => room.state === state).length]).filter(([, n]) => n);
  const named = counts.map(([state, n]) => t('rooms_count', { n, state: t(`rooms_count_${state}`) }));
  return t('rooms_sum', { n: rooms.length, list: named.join(language === 'zh' ? '，' : ', ') });
}

function needsOf(rooms, here) {
  const wanting = rooms.filter((room) => !QUIET.includes(room.state) || room.twins.length);
  if (!here.length) return '';
  if (!wanting.length) return t('rooms_all_well');
  const said = wanting.map((room) => `${room.name} (${room.twins.length ? t('rooms_twin_short') : stateSaid(room)})`);
  return t('rooms_needs', { list: [...new Set(said)].join(language === 'zh' ? '；' : '; ') });
}

function showOwn() {
  const { own } = page;
  find('own').classList.toggle('late', Boolean(own?.is_late));
  if (own === null) { write('own', page.rooms?.length ? t('rooms_own_unnamed') : ''); return; }
  const why = own.trouble ? ` ${sentence(own.trouble)}` : '';
  if (own.is_late) write('own', `▲ ${t('rooms_own_late', { name: own.name })}${why}`);
  else write('own', own.told_ago_s === null ? t('rooms_own_yet', { name: own.name }) : t('rooms_own', { name: own.name }));
}

// What was seen long ago is told as such, also where nothing is known to be wrong.
const isOld = () => Boolean(page.trouble) || page.ago > OLD_S;

async function look() {
  clearTimeout(asking);
  try {
    const said = await ask('/room/all', undefined, AbortSignal.timeout(ANSWER_MS));
    Object.assign(page, { own: said.own, trouble: said.trouble, ago: said.looked_ago_s });
    if (said.looked_ago_s !== null) page.rooms = said.rooms;
    const ago = said.looked_ago_s === null ? '' : t('rooms_as_of', { ago: agoSaid(said.looked_ago_s) });
    tell(isOld() ? `${said.trouble ? sentence(said.trouble) : ''} ${ago}`.trim() : '');
  } catch (error) {
    page.trouble = error;
    tell(error.message);
  }
  showRooms();
  asking = document.hidden ? null : setTimeout(look, AGAIN_MS);
}

showWords();
learnDuties().catch((error) => tell(error.message));
find('language').addEventListener('click', switchLanguage);
find('theme').addEventListener('click', switchTheme);
// A page that nobody sees asks nothing.
document.addEventListener('visibilitychange', () => { if (!document.hidden && asking === null) look(); });
look();
