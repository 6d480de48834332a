// Templates of screens: saved, sent, taken away, deleted.

const LARGEST_FILE = 16384;
let listed = '';   // so that a list that is as before keeps its focus

function showTemplates({ templates, unread }) {
  const now = JSON.stringify([language, templates, unread]);
  if (now === listed) return;
  listed = now;
  find('templates_none').hidden = templates.length > 0;
  find('templates').replaceChildren(...templates.map(templateItem));
  find('unread').replaceChildren(...unread.map((each) => {
    const item = make('li', '');
    item.textContent = t('template_unread', each);
    return item;
  }));
}

function templateItem({ name, area }) {
  const item = make('li', '');
  Object.assign(make('strong', '', item), { textContent: name, title: area });
  const link = make('a', 'link', item), button = make('button', '', item);
  Object.assign(link, { href: addressOf(name), download: '', textContent: t('download') });
  link.setAttribute('aria-label', t('template_download', { name }));
  Object.assign(button, { textContent: t('delete'), onclick: () => deleteTemplate(name) });
  button.setAttribute('aria-label', t('template_delete', { name }));
  return item;
}

const addressOf = (name) => `/screen/templates/file?name=${encodeURIComponent(name)}`;

async function saveTemplate(event) {
  event.preventDefault();
  const name = find('template_name').value.trim();
  if (find('template_save').disabled) return;
  write('said_field', t('template_saving'));
  find('template_save').disabled = true;
  const saved = act('field', '/screen/templates', { name });
  write('said_field', t('template_saving'));
  if (await saved) {
    find('template_name').value = '';
    write('said_field', t('saved', { file: name }));
    download(addressOf(name));
  }
  find('template_save').disabled = page.state.field.area === null;
}

async function sendTemplate(event) {
  const [file] = event.target.files;
  if (!file) return;
  // No more than shows the server that it is too large.
  const text = await file.slice(0, LARGEST_FILE + 1).text();
  event.target.value = '';   // the same file may be chosen again
  if (await act('field', '/screen/templates/upload', { text })) write('said_field', t('template_added'));
}

async function deleteTemplate(name) {
  if (!await act('field', '/screen/templates/delete', { name })) return;
  write('said_field', t('template_deleted', { name }));
  find('template_add').focus();
}

function listenToTemplates() {
  find('template_form').addEventListener('submit', saveTemplate);
  find('template_add').addEventListener('click', () => find('template_file').click());
  find('template_file').addEventListener('change', sendTemplate);
}
