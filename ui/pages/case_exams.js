// The patient's exams, each with the way back to it.

function showExams() {
  const { exams, asked } = page.case;
  find('exams').replaceChildren(...exams.map((exam) => {
    const item = make('li', 'exam'), link = make('a', 'link', item);
    item.dataset.asked = exam.number === asked;
    link.href = `/studies/?exam=${exam.number}`;
    link.textContent = t('case_exam', { n: exam.number });
    const said = make('p', '', item);
    make('strong', '', said).textContent = exam.study_date || t('case_no_date');
    make('span', '', said).textContent = exam.modalities.length ? listed(exam.modalities.map(modalityOf)) : exam.stored_modality;
    const facts = [
      exam.newest_of.length ? t('case_newest') : exam.modalities.length ? t('case_earlier') : '',
      exam.simulated && `◇ ${t('simulated')}`,
      exam.assessment ? t('case_signed', { category: exam.assessment }) : t(`state_${exam.state}`),
      exam.shows ? t('case_many', { n: exam.findings.length }) : exam.state !== 'received' && t('case_hidden'),
    ];
    make('p', 'quiet', item).textContent = facts.filter(Boolean).join(' · ');
    if (exam.trouble) Object.assign(make('p', 'trouble', item), { textContent: exam.trouble, lang: 'en' });
    return item;
  }));
}
