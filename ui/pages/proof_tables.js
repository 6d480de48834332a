// Tables: areas, differences, agreement, and what was overridden.

function showAccuracy() {
  const { figures, means, differences, pairs } = page.shown.study, table = find('accuracy');
  const heads = ['by', 'role', 'n', 'auc', 'sensitivity', 'specificity', 'called'].map((name) => t(`proof_head_${name}`));
  const called = (name) => t(`proof_called_${name.toLowerCase().replace('-', '')}`);
  fillTable('accuracy', heads, [
    ...means.map((mean) => [t('proof_mean_of', { n: mean.readers }), roleOf(mean.said), `${mean.n} / ${mean.cancers}`, estimateSaid(mean), '', '', '']),
    ...figures.map((of) => [of.by, roleOf(of.said), `${of.n} / ${of.cancers}`, estimateSaid(of.auc), estimateSaid(of.sensitivity, 2), estimateSaid(of.specificity, 2), called(of.called_by)]),
  ]);
  [...table.rows].slice(1 + means.length).forEach((row, place) => markable(row, curveKey(figures[place])));
  for (const row of [...table.rows].slice(1, 1 + means.length)) row.className = 'mean';
  listTexts('differences', differences.map((each) => t('proof_difference', {
    ...each, one: nameOf(each.one), other: nameOf(each.other), value: `${each.value > 0 ? '+' : ''}${fixed(each.value)}`, low: fixed(each.ci[0]), high: fixed(each.ci[1]), p: pSaid(each.p),
  })));
  find('pairs_part').hidden = !pairs.length;
  fillTable('pairs', ['by', 'difference', 'p'].map((name) => t(`proof_head_${name}`)), pairs.map(({ by, difference }) => [by, estimateSaid(difference), pSaid(difference.p)]));
}

const nameOf = (name) => (ROLES.includes(roleKey(name)) ? roleOf(name) : name);
const pSaid = (p) => (p < 0.001 ? '< 0.001' : `= ${p.toFixed(3)}`);

// A row's name is a button that marks its curve.
function markable(row, key) {
  const [head] = row.cells, button = make('button', 'pick');
  button.textContent = head.textContent;
  button.title = t('proof_show_curve');
  button.setAttribute('aria-pressed', page.marked === key);
  button.onclick = () => {
    page.marked = page.marked === key ? null : key;
    for (const each of find('accuracy').querySelectorAll('.pick')) each.setAttribute('aria-pressed', each === button && page.marked !== null);
    drawRoc();
  };
  head.replaceChildren(button);
}

function showKappa() {
  const { agreement } = page.shown.study, heads = ['between', 'role', 'kind', 'kappa', 'share'].map((name) => t(`proof_head_${name}`));
  const row = (of) => [of.between.length > 2 ? t('proof_readers', { n: of.between.length }) : of.between.join(' – '), roleOf(of.said), t(`proof_kind_${of.kind.toLowerCase()}`), estimateSaid(of.kappa, 2), `${(100 * of.share).toFixed(0)} %`];
  const two = agreement.filter(({ kind }) => kind !== 'Fleiss'), few = two.length <= 12, all = agreement.filter(({ kind }) => kind === 'Fleiss');
  find('kappa_card').hidden = !agreement.length;
  fillTable('kappa', heads, [...all, ...(few ? two : [])].map(row));
  find('kappa_part').hidden = few;
  write('kappa_all', t('proof_all_pairs', { n: two.length }));
  fillTable('kappa_pairs', heads, few ? [] : two.map(row));
}

function showOverrides() {
  const { overrides } = page.shown.study;
  find('no_overrides').hidden = overrides.length > 0;
  find('overrides').hidden = !overrides.length;
  fillTable('overrides', ['reason', 'by', 'count', 'of_cancers', 'of_others'].map((name) => t(`proof_head_${name}`)),
    overrides.map((each) => [each.reason || t('proof_no_reason'), each.by, `${each.count}`, `${each.of_cancers}`, `${each.of_others}`]));
}
