// What came, what was read of it, and what was written: the cards beside the picture.

const WORST = ['fault', 'caution', 'note'];
const FACT_SIGNS = { fault: '✕', caution: '!', note: '·' };
let wholeReport = false;

function showCards() {
  const { exam } = page;
  find('to_case').hidden = exam === null;
  find('to_case').href = `/case/?exam=${page.number}`;
  find('to_risk').hidden = exam === null;
  find('to_risk').href = `/risk/?exam=${page.number}`;
  for (const part of ['quality_card', 'alone_card', 'density_card', 'mri_curve_card', 'mri_lesions_card', 'mri_phases_card', 'findings_card', 'sign_card', 'results_card']) find(part).hidden = true;
  if (exam === null) { write('exam_title', t('study_choose')); write('exam_facts', ''); return; }
  write('exam_title', exam.name || t('no_name'));
  write('exam_facts', [exam.patient_id, exam.birth_date, exam.study_date, exam.modality, t(`state_${exam.state}`)].filter(Boolean).join(' · '));
  showBanners(exam);
  showQuality(exam.quality);
  find('alone_card').hidden = exam.ai_shown || exam.state !== 'read';
  if (exam.ai_shown) { showFindings(exam); showDensity(exam); }
  showMriCards();
  showSignOff(exam);
  showResults(exam);
}

function showBanners(exam) {
  const uncalibrated = exam.ai_shown && exam.findings.some((each) => !isMark(each) && each.kind !== 'enhancement' && each.measured === null);
  showStates({
    simulated: exam.simulated && `◇ ${t('simulated')}`,
    calibrated: uncalibrated && `↔ ${t('uncalibrated')}`,
    abstains: exam.ai_shown && exam.abstained && t('abstains_all'),
  });
  write('banner_state', t(`state_${exam.state}`).toUpperCase());
}

// The worst first; notes only where they are asked for.
function showQuality(facts) {
  find('quality_card').hidden = false;
  const sorted = [...facts].sort((a, b) => WORST.indexOf(a.severity) - WORST.indexOf(b.severity));
  const grave = sorted.filter(({ severity }) => severity !== 'note');
  const worst = sorted[0]?.severity ?? 'note';
  write('quality_worst', `${FACT_SIGNS[worst]} ${t(`quality_${worst}`)}`);
  find('quality').replaceChildren(...(wholeReport ? sorted : grave.slice(0, 3)).map(({ severity, text }) => {
    const item = make('li', '');
    item.dataset.severity = severity;
    item.lang = 'en';   // its sentences are English on every page
    item.textContent = text;
    return item;
  }));
  find('quality_more').hidden = facts.length === 0;
  find('quality_more').setAttribute('aria-expanded', wholeReport);
  write('quality_more', wholeReport ? t('quality_less') : t('quality_more', { n: facts.length }));
}

function showFindings(exam) {
  find('findings_card').hidden = false;
  showThresholds();
  listFindings(exam);
  find('describe').hidden = exam.hanging === null;
  write('not_read', Object.entries(exam.not_read).map(([why, n]) => t('not_read', { n, why: t(`unsuitable_${why}`) })).concat(exam.troubles).join(' · '));
  write('read_by', t('read_by', { models: exam.models.join(', '), engine: exam.engine }));
}

function listFindings(exam) {
  const shownNow = marksShown();
  find('findings').replaceChildren(...shownNow.map((finding) => findingCard(exam, finding)));
  const none = marksSought() ? 'no_marks_here' : 'study_no_findings';
  const why = exam.abstained && marksSought() ? 'marks_not_sought' : exam.abstained ? 'abstained_all' : none;
  write('no_findings', shownNow.length ? '' : t(why));
}

const keyOf = (word) => `word_${word.replaceAll(' ', '_')}`;

function findingCard(exam, finding) {
  const item = make('li', 'finding'), pick = make('button', 'pick', item);
  const mark = isMark(finding), word = t(mark ? `kind_${finding.kind}` : finding.suspicion);
  const places = Object.keys(finding.outlines), on = mark ? new Set(places.map((at) => at.split('/')[0])).size : places.length;   // slices are of one image
  Object.assign(item.dataset, mark ? { kind: finding.kind } : { suspicion: finding.suspicion });
  make('b', '', pick).textContent = String(finding.number);
  make('strong', '', pick).textContent = word;
  make('strong', '', pick).textContent = finding.probability.toFixed(2);
  pick.setAttribute('aria-label', [t(mark ? 'mark_label' : 'lesion', { n: finding.number }), word, finding.probability.toFixed(2)].join(', '));
  pick.onclick = () => lookAt(finding);
  const facts = mark ? [t('mark_facts', { n: on, views: viewsOf(exam, finding).join(', ') })] : [
    finding.kind === 'enhancement' ? '' : t('lesion_facts', { low: finding.range[0].toFixed(2), high: finding.range[1].toFixed(2), n: on }),
    finding.measured === null ? '' : `${axesOf(finding.measured)} ${axesWithin(finding.measured)}`,
    finding.words.map((word) => t(keyOf(word))).join(', '),
  ];
  for (const fact of facts.filter(Boolean)) make('p', 'quiet', item).textContent = fact;
  const drawnWords = decisions.get(finding.number)?.words;
  if (drawnWords) make('p', '', item).textContent = t('region_drawn', { words: drawnWords });
  const isBelow = exam.below.some((each) => each.number === finding.number);
  if (isBelow) make('p', 'quiet', item).textContent = t('mark_below');
  else if (exam.state === 'read') item.append(...choices(finding));
  else if (exam.signed) make('p', '', item).textContent = saidOf(decisionOn(finding.number));
  return item;
}

const viewsOf = (exam, { outlines }) => [...new Set(Object.keys(outlines).map((at) => exam.hanging?.views[at.split('/')[0]]).filter(Boolean).map(shortName))];

const saidOf = ({ verdict, reason }) => [t(`decided_${verdict}`), reason].filter(Boolean).join(': ');

function showResults(exam) {
  find('results_card').hidden = exam.results.length === 0;
  write('signed_said', exam.signed ? t('signed_said', { name: exam.signed.name, when: whenOf(exam.signed.at) }) : t('not_signed'));
  find('results').replaceChildren(...exam.results.map(({ place, title, name }) => {
    const item = make('li', ''), link = make('a', 'link', item);
    link.href = `/study/exams/${page.number}/results/${place}`;
    link.download = name;
    link.textContent = t(`result_${title}`);
    return item;
  }));
  find('export_part').hidden = !exam.exports;
  find('send_form').hidden = exam.destinations.length === 0;
  find('destination').replaceChildren(...exam.destinations.map((each) => new Option(each, each)));
  find('sendings').replaceChildren(...exam.sendings.map(({ destination, state, count, why }) => {
    const item = make('li', '');
    item.textContent = [t(`sending_${state}`, { n: count, destination }), why].filter(Boolean).join(': ');
    return item;
  }));
}
