// The parts of the page, its words in the chosen language, and what this browser remembers.

const find = (part) => element.querySelector(`[data-part="${part}"]`);

const remembered = {
  // A browser may refuse storage in private windows; the page then starts with its defaults.
  get(key) { try { return localStorage.getItem(`senoscope.${key}`); } catch { return null; } },
  set(key, value) { try { localStorage.setItem(`senoscope.${key}`, value); } catch { /* see get */ } },
};

let language = remembered.get('language') ?? (navigator.language.startsWith('zh') ? 'zh' : 'en');

function t(key, values = {}) {
  return props.words[language][key].replace(/\{(\w+)\}/g, (_, name) => values[name]);
}

// Writing the same text again would make a screen reader say it again and cost a layout.
function write(part, text) {
  const target = find(part);
  if (target.textContent !== text) target.textContent = text;
}

function writeWords() {
  find('root').lang = language === 'zh' ? 'zh-CN' : 'en';
  for (const target of element.querySelectorAll('[data-text]')) target.textContent = t(target.dataset.text);
  for (const target of element.querySelectorAll('[data-label]')) {
    target.title = t(target.dataset.label);
    target.setAttribute('aria-label', t(target.dataset.label));
  }
}

function sourceWord(name) {
  const camera = /^camera[\s:]*(\d+)$/.exec(name);
  if (camera) return t('camera', { n: camera[1] });
  return name === 'phantom' ? t('phantom') : name;
}

// Ask the server for something; throws an Error whose message is one sentence for the reader.
async function ask(path, body) {
  let answer, said;
  try {
    answer = await fetch(path, body === undefined ? {} : {
      method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body),
    });
    if (answer.status === 401) location.assign('/login');
    said = await answer.json();
  } catch {
    throw new Error(t('no_answer'));
  }
  if (!answer.ok) throw new Error(said.message ?? t('no_answer'));
  return said;
}
