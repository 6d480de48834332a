// Words for what a reader draws on a mammogram: in place of a mark, or a region of its own.

const REGION = 0;   // stands for a finding's number while a region of its own is drawn
const WORDED = ['mass', 'calcifications'];
const region = { kind: null, image: 0, asked: 0 };

// On the view that is large, or that was shown last.
function describeRegion(kind) {
  const image = hangs() ? imageOf(hung.large ?? shownTiles().find((tile) => tile.images.length) ?? hung.extra[0]) : shown.image;
  Object.assign(region, { kind, image });
  write('region_words', '');
  beginDrawing(REGION);
}

async function wordsOf(kind, image, outline) {
  const asked = await ask(`/study/exams/${page.number}/words`, { kind, image, outline });
  const said = asked.filter(({ word }) => word !== null).map(({ word, agreement }) => t('region_word', { word: t(keyOf(word)), agreement: agreement.toFixed(2) }));
  const [why] = asked.filter(({ word }) => word === null).map(({ reason }) => reason);
  return [...said, why ? t('region_no_word', { why }) : ''].filter(Boolean).join(' · ');
}

async function tellWords(kind, image, outline, take) {
  const turn = region.asked += 1, { number } = page;
  try {
    const words = await wordsOf(kind, image, outline);
    if (turn === region.asked && number === page.number) take(words);
  } catch (error) { tell(error.message); }
}

function useRegion(points) {
  const { kind, image } = region;
  write('region_words', t('region_looking'));
  tellWords(kind, image, points.flat(), (words) => write('region_words', t('region_said', { kind: t(`kind_${kind}`), words })));
}

function wordsOfDecision(finding, decision) {
  if (!WORDED.includes(finding.kind)) return;
  tellWords(finding.kind, finding.image, decision.outline, (words) => { decision.words = words; showCards(); });
}

function listenToRegion() {
  for (const kind of WORDED) find(`describe_${kind}`).addEventListener('click', () => describeRegion(kind));
}
