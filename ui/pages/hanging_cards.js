// Beside the hanging: from which score marks are shown, and how dense the breasts are.

const percentOf = (share) => Math.round(100 * share);
const marksSought = () => KINDS.some((kind) => factOf(`shown_from_${kind}`));

// One slider for each kind that was sought; the cards follow it as the pictures do.
function showThresholds() {
  const weights = factOf('clinical_weights');
  write('no_weights', weights ? weights.word || t('no_clinical_weights') : '');
  const kinds = page.exam.abstained ? [] : KINDS.filter((kind) => factOf(`shown_from_${kind}`) || allMarks().some((each) => each.kind === kind));
  find('thresholds').replaceChildren(...kinds.map((kind) => {
    const label = make('label', ''), said = make('span', '', label), slider = make('input', '', label);
    Object.assign(slider, { type: 'range', min: 0, max: 1, step: 0.01, value: thresholds[kind] });
    label.dataset.kind = kind;
    said.textContent = thresholdSaid(kind);
    slider.oninput = () => {
      thresholds[kind] = Number(slider.value);
      said.textContent = thresholdSaid(kind);
      listFindings(page.exam);
      showLeft();
      drawHung();
    };
    return label;
  }));
}

function thresholdSaid(kind) {
  const own = allMarks().filter((each) => each.kind === kind);
  return t('threshold', { kind: t(`kind_${kind}`), value: thresholds[kind].toFixed(2), n: own.filter(isAbove).length, of: own.length });
}

const numberOf = (facts, name) => facts.find((each) => each.name === name)?.number ?? null;

function showDensity(exam) {
  const letter = exam.ai_shown ? factOf('density_category')?.word : undefined;
  find('density_card').hidden = !letter || exam.hanging === null;
  if (!letter || exam.hanging === null) return;
  const views = Object.values(exam.hanging.views).map((view) => ({ ...view, facts: exam.image_facts[view.image] ?? [] }))
    .filter(({ facts }) => numberOf(facts, 'density_percent') !== null);
  const mean = (all) => all.reduce((sum, { facts }) => sum + numberOf(facts, 'density_percent'), 0) / all.length;
  write('density_letter', t('density_letter', { letter, percent: mean(views).toFixed(0) }));
  find('density_chances').replaceChildren(...['a', 'b', 'c', 'd'].map(chanceBar).filter(Boolean));
  find('density_views').replaceChildren(...views.map(densityLine));
  const sides = ['R', 'L'].map((side) => ({ side, own: views.filter((each) => each.side === side) })).filter(({ own }) => own.length);
  const said = sides.map(({ side, own }) => t('density_breast', { side: t(`side_${side}`), percent: mean(own).toFixed(1) }));
  if (sides.length === 2) said.push(t('density_difference', { points: Math.abs(mean(sides[0].own) - mean(sides[1].own)).toFixed(1) }));
  write('density_breasts', said.join(' · '));
  find('density_more').hidden = !['C', 'D'].includes(letter);
  find('density_to_live').href = `/#exam=${page.number}`;   // a number of ours, never the patient
}

function chanceBar(letter) {
  const chance = factOf(`density_${letter}`)?.number;
  if (chance === undefined) return null;
  const item = make('li', ''), said = make('span', '', item), bar = make('i', '', item);
  said.textContent = t('density_chance', { letter: letter.toUpperCase(), percent: percentOf(chance) });
  make('b', '', bar).style.width = `${100 * chance}%`;
  return item;
}

function densityLine(view) {
  const item = make('li', ''), dense = numberOf(view.facts, 'dense_area'), breast = numberOf(view.facts, 'breast_area');
  make('span', '', item).textContent = shortName(view);
  const percent = t('density_view', { percent: numberOf(view.facts, 'density_percent').toFixed(1) });
  const opinions = view.facts.filter(({ name }) => name === 'network').map(({ word, number }) => t('network_says', { by: word, probability: number.toFixed(2) }));
  const areas = dense === null || breast === null ? '' : t('density_areas', { dense: dense.toFixed(1), breast: breast.toFixed(1) });
  make('span', '', item).textContent = [percent, areas, ...opinions].filter(Boolean).join(' · ');
  return item;
}
