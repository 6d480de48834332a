// What every page has: its parts, its words, what this browser remembers, and how the server is asked.

const parts = new Map([...element.querySelectorAll('[data-part]')].map((part) => [part.dataset.part, part]));
const find = (part) => parts.get(part);
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

const remembered = {
  // A browser may refuse storage in private windows; the page then starts with its defaults.
  get(key) { try { return localStorage.getItem(`senoscope.${key}`); } catch { return null; } },
  set(key, value) { try { localStorage.setItem(`senoscope.${key}`, value); } catch { /* see get */ } },
};

const languages = Object.keys(props.words);
let language = [remembered.get('language'), navigator.language.split('-')[0]].find((one) => languages.includes(one)) ?? 'en';

function t(key, values = {}) {
  return props.words[language][key].replace(/\{(\w+)\}/g, (_, name) => values[name]);
}

// Writing the same text again would make a screen reader say it again and cost a layout.
function write(part, text) {
  const target = find(part);
  if (target.textContent !== text) target.textContent = text;
}

function make(tag, name, parent) {
  const made = document.createElement(tag);
  made.className = name;
  if (tag === 'button') made.type = 'button';
  parent?.append(made);
  return made;
}

// Each state that holds has its words, and is hidden where it does not.
function showStates(states) {
  for (const [key, text] of Object.entries(states)) {
    find(`banner_${key}`).hidden = !text;
    write(`banner_${key}`, text || '');
  }
}

const clockOf = (seconds) => [seconds / 60, seconds % 60].map((part) => String(Math.floor(part)).padStart(2, '0')).join(':');
const whenOf = (time) => new Date(time).toLocaleString('sv-SE').slice(0, 16);

// Who reads.
function aboutOf({ models, engine }) {
  const names = [`${t('brand')} ${props.version}`, ...models, engine].filter(Boolean);
  return names.map((name) => name.replaceAll(' ', '\u00a0')).join(' · ');
}

function writeWords() {
  find('root').lang = document.documentElement.lang = language === 'zh' ? 'zh-CN' : language;
  document.title = [...element.querySelectorAll('h1 > *')].map((part) => t(part.dataset.text)).reverse().join(' · ');
  for (const target of element.querySelectorAll('[data-text]')) target.textContent = t(target.dataset.text);
  for (const target of element.querySelectorAll('[data-title]')) target.title = t(target.dataset.title);
  for (const target of element.querySelectorAll('[data-label]')) {
    target.title = t(target.dataset.label);
    target.setAttribute('aria-label', t(target.dataset.label));
  }
  showDuties();
}

// What the program calls a source, in the reader's words; a file's or stream's name is its own.
function sourceWord(name) {
  const camera = /^(?:camera[ :]*)?(?:\/dev\/video)?(\d+)$/.exec(name);
  if (camera) return t('camera', { n: camera[1] });
  if (name === 'recording') return t('recording_source');
  const key = name.replace(' ', '_');
  return ['phantom', 'image_folder', 'video_file'].includes(key) ? t(key) : name;
}

// An error's sentence is English; in another language the kind of error leads it.
function sentence({ kind, message }) {
  const lead = kind in props.words[language] ? t(kind) : '';
  if (!message) return lead || t('no_answer');
  return language === 'en' || !lead ? message : `${lead} ${message}`;
}

// The ways to what is served beside this page; where nobody logs in, nobody logs out.
for (const way of element.querySelectorAll('[data-way]')) way.hidden = !props.ways.includes(way.dataset.way);
// A key's cap is no part of a button's name.
for (const cap of element.querySelectorAll('button > kbd')) {
  cap.ariaHidden = true;
  cap.parentElement.setAttribute('aria-keyshortcuts', cap.textContent.replace('Esc', 'Escape'));
}
find('open_keys').hidden = !parts.has('keys_dialog');
find('root').dataset.theme = remembered.get('theme') ?? 'dark';

// What the role of who is logged in may not do looks so, and says why when it is tried.
let person = null;
const mayNot = () => t('not_your_duty', { role: t(`role_${person.role}`) });

async function learnDuties() {
  if (!props.ways.includes('login')) return;
  person = await ask('/person');
  showDuties();
}

function showDuties() {
  if (person === null) return;
  find('log_out').title = t('login_as', { name: person.name, role: t(`role_${person.role}`) });
  for (const control of element.querySelectorAll('[data-duty]')) {
    if (person.duties.includes(control.dataset.duty)) continue;
    control.ariaDisabled = true;
    control.title = mayNot();
  }
}

element.addEventListener('click', (event) => {
  const control = event.target.closest('[aria-disabled="true"]');
  if (control === null) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  const near = control.closest('dialog, [data-step]')?.querySelector('p[role="status"]');
  if (near) near.textContent = mayNot(); else tell(mayNot());
}, { capture: true });

// Every page has its own `showWords`, which writes all it shows anew.
function switchLanguage() {
  language = languages[(languages.indexOf(language) + 1) % languages.length];
  remembered.set('language', language);
  showWords();
}

function showTheme() {
  const { theme } = find('root').dataset;
  document.documentElement.dataset.senoscopeTheme = theme;
  write('theme', t(theme === 'dark' ? 'theme_light' : 'theme_dark'));
}

function switchTheme() {
  const theme = find('root').dataset.theme === 'dark' ? 'light' : 'dark';
  remembered.set('theme', theme);
  find('root').dataset.theme = theme;
  showWords();
}

async function answerTo(path, body, signal) {
  const answer = await fetch(path, body === undefined ? { signal } : {
    method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body), signal,
  });
  if (answer.status === 401) location.assign('/login');
  return answer;
}

// Ask the server for something; throws an Error whose message is fit for the reader.
async function ask(path, body, signal) {
  let answer, said;
  try {
    answer = await answerTo(path, body, signal);
    said = await answer.json();
  } catch {
    throw new Error(t('no_answer'));
  }
  if (!answer.ok) throw new Error(sentence(said));
  return said;
}

// The same for an answer that is no JSON unless it is an error.
async function askBytes(path) {
  let answer, said;
  try {
    answer = await answerTo(path);
    said = await (answer.ok ? answer.arrayBuffer() : answer.json());
  } catch {
    throw new Error(t('no_answer'));
  }
  if (!answer.ok) throw new Error(sentence(said));
  return said;
}

// The same for an answer that comes in parts, one line of JSON each.
async function* askParts(path, body, signal) {
  let answer, rest = '';
  try {
    answer = await answerTo(path, body, signal);
    if (answer.ok) {
      for await (const text of answer.body.pipeThrough(new TextDecoderStream())) {
        const lines = (rest + text).split('\n');
        rest = lines.pop();
        for (const line of lines) yield JSON.parse(line);
      }
      return;
    }
    rest = await answer.json();
  } catch {
    throw new Error(t('no_answer'));
  }
  throw new Error(sentence(rest));
}

// Something that is made while one waits, then downloaded. `show` is told the share that is done.
async function makeFile(path, file, signal, show) {
  let done = 0;
  for await (const part of askParts(path, {}, signal)) {
    if (part.error) throw new Error(sentence(part.error));
    done = part.done;
    show(done);
  }
  if (done < 1) throw new Error(t('no_answer'));
  download(file);
}

const download = (path) => Object.assign(document.createElement('a'), { href: path, download: '' }).click();

const sending = { request: null, stopped: false };

// Not fetch, which does not say how much has gone out.
function sendBody(path, file, headers, tellSent) {
  return new Promise((give, fail) => {
    const request = sending.request = new XMLHttpRequest();
    request.open('POST', path);
    request.setRequestHeader('Content-Type', 'application/octet-stream');
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
    request.upload.onprogress = ({ loaded }) => tellSent(loaded);
    request.onloadend = () => {
      sending.request = null;
      if (request.status === 401) location.assign('/login');
      if (request.status === 200) give(JSON.parse(request.responseText));
      else fail(new Error(refusal(request.responseText)));
    };
    request.send(file);
  });
}

function refusal(text) {
  try { return sentence(JSON.parse(text)); } catch { return t('no_answer'); }
}

function stopSending() {
  sending.stopped = true;
  sending.request?.abort();
}

// A file that misses the zone must not replace the page.
function listenToDrop(take) {
  const zone = find('drop');
  for (const kind of ['dragover', 'drop']) element.addEventListener(kind, (event) => event.preventDefault());
  element.addEventListener('dragover', () => zone.classList.add('over'));
  element.addEventListener('dragleave', () => zone.classList.remove('over'));
  element.addEventListener('drop', (event) => { zone.classList.remove('over'); take(event.dataTransfer); });
}

// After a click with the mouse the space bar is the picture's again, not this button's.
function listenToClicks(actions) {
  for (const [part, action] of Object.entries(actions)) {
    find(part).addEventListener('click', (event) => {
      if (event.detail > 0 && !event.currentTarget.closest('dialog')) event.currentTarget.blur();
      action();
    });
  }
}

// A picture with what is said of it: the header's length, the header, the JPEG.
function unpacked(data) {
  const length = new DataView(data).getUint32(0, true);
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(data, 4, length)));
  return { header, jpeg: new Uint8Array(data, 4 + length) };
}
