// A row for each lesion: what every modality has of it, what does not agree, what changed.

const CHANGE_SIGNS = { grown: '▲', shrunk: '▼', same: '=', new: '✚', gone: '✕' };

function showLesions() {
  const { groups, disagreements, lines } = page.case;
  const used = MODALITIES.filter((name) => page.case.exams.some(({ newest_of: newest }) => newest.includes(name)));
  find('groups').style.setProperty('--columns', Math.max(1, used.length));
  const hidden = page.case.exams.some(({ shows, state }) => !shows && state !== 'received');
  write('no_lesions', groups.length ? '' : t(hidden ? 'case_hidden' : 'case_no_lesions'));
  find('groups').replaceChildren(...groups.map((group) => groupRow(group, used)));
  const whole = disagreements.filter(({ group }) => group === null);
  find('whole').hidden = !whole.length;
  find('whole').replaceChildren(...whole.map(disputeLine));
  const gone = lines.filter(({ now }) => now === null);
  find('priors_card').hidden = false;
  find('priors').replaceChildren(...(gone.length ? gone.map(goneLine) : [noneLine(lines)]));
}

function noneLine(lines) {
  const item = make('li', 'quiet');
  item.textContent = lines.length ? t('case_all_there') : t('case_no_priors');
  return item;
}

function groupRow(group, used) {
  const item = make('li', 'group'), head = make('h3', '', item), pick = make('button', 'pick', head);
  item.dataset.group = group.number;
  pick.setAttribute('aria-pressed', page.group === group.number);
  make('strong', '', pick).textContent = t('case_lesion', { n: group.number });
  make('span', '', pick).textContent = group.side ? t(`case_breast_${group.side}`) : t('case_place_unknown');
  pick.onclick = () => chooseGroup(page.group === group.number ? null : group.number);
  make('span', 'quiet', head).textContent = group.findings.length > 1 ? t('case_joined', { percent: Math.round(100 * group.sure) }) : t('case_alone');
  const columns = make('div', 'columns', item);
  for (const name of used) columns.append(column(group, name));
  const own = page.case.disagreements.filter((each) => each.group === group.number);
  for (const each of own) item.append(disputeLine(each));
  if (!own.length && group.findings.length > 1) make('p', 'quiet', item).textContent = t('case_all_agree');
  return item;
}

function column(group, name) {
  const cell = make('div', 'column'), title = make('h4', '', cell);
  drawShape(name, title);
  make('span', '', title).textContent = modalityOf(name);
  cell.dataset.modality = name;
  const here = group.findings.filter((key) => findingOf(key).modality === name);
  for (const key of here) cell.append(findingCard(key));
  if (here.length) return cell;
  const also = group.findings.filter((key) => findingOf(key).also.includes(name));
  const exam = page.case.exams.find(({ newest_of: newest }) => newest.includes(name));
  make('p', 'quiet', cell).textContent = also.length ? listed(also.map(shortOf)) : absent(group, name, exam);
  return cell;
}

// A probe held by hand covers nothing for certain: what is said of it stands below.
function absent(group, name, exam) {
  if (!exam.shows) return t('case_not_shown');
  return t(name === 'ultrasound' || exam.covered.includes(`${name}/${group.side}`) ? 'case_not_here' : 'case_not_done');
}

function findingCard(key) {
  const finding = findingOf(key), card = make('article', 'found');
  card.dataset.suspicion = finding.suspicion ?? 'none';
  card.dataset.overruled = finding.said === 'overruled';
  card.append(picture(key, finding));
  const name = make('p', 'name', card);
  make('strong', '', name).textContent = kindSaid(finding);
  make('span', '', name).textContent = sizeSaid(finding.size);
  const facts = [
    chanceSaid(finding),
    placeSaid(finding.place),
    [...finding.words.map((word) => t(keyOf(word))), finding.curve && t('case_curve', { type: finding.curve })].filter(Boolean).join(', '),
    finding.also.length ? t('case_also', { list: listed(finding.also.map(modalityOf)) }) : '',
    finding.same.length ? t('case_same', { list: listed(finding.same.map(String)) }) : '',
    finding.said && [t(`decided_${finding.said}`), finding.why].filter(Boolean).join(': '),
  ];
  for (const fact of facts.filter(Boolean)) make('p', 'quiet', card).textContent = fact;
  for (const line of page.case.lines.filter(({ now }) => now === key)) card.append(changeLine(line));
  const link = make('a', 'link', card);
  link.href = `/studies/?exam=${finding.exam}`;
  link.textContent = t('case_open', findingTo(key));
  return card;
}

// Asked for when it comes into view: a whole mammogram is decoded for it.
function picture(key, finding) {
  const frame = make('p', 'picture'), image = make('img', '', frame), [exam, reading, number] = key.split('/');
  image.loading = 'lazy';
  image.alt = t('case_picture', findingTo(key));
  image.src = `/study/exams/${exam}/readings/${reading}/findings/${number}`;
  image.onerror = () => { frame.textContent = t('case_no_picture'); };
  if (examOf(finding.exam).simulated) make('span', 'simulated', frame).textContent = t('simulated');
  return frame;
}

function changeLine(line) {
  const said = make('p', 'change');
  said.dataset.change = line.change;
  said.textContent = `${CHANGE_SIGNS[line.change] ?? '?'} ${t('case_since', { exam: line.prior, date: dateOf(line.prior), change: changeSaid(line) })}`;
  return said;
}

function goneLine(line) {
  const item = make('li', 'change'), { n } = findingTo(line.before);
  item.dataset.change = line.change;
  item.textContent = `${CHANGE_SIGNS[line.change] ?? '?'} ${modalityOf(line.modality)} · ${t('case_before', { exam: line.prior, date: dateOf(line.prior), n, change: changeSaid(line) })} · ${placeSaid(findingOf(line.before).place)}`;
  return item;
}

function disputeLine(one) {
  const line = make('p', 'dispute');
  line.dataset.dispute = one.dispute;
  make('b', '', line).textContent = '≠';
  make('span', '', line).textContent = disputeSaid(one);
  return line;
}

function chooseGroup(number, goesThere = false) {
  page.group = number;
  drawBreasts();
  for (const row of element.querySelectorAll('.group')) {
    const chosen = Number(row.dataset.group) === number;
    row.classList.toggle('chosen', chosen);
    row.querySelector('.pick').setAttribute('aria-pressed', chosen);
    if (chosen && goesThere) row.scrollIntoView({ block: 'nearest' });
  }
}
