// Keeps what is typed on a page of the form: in this browser at once, at the office while typing goes on. A session that
// ends meanwhile, or a signal that goes, loses nothing; another device goes on from there. Logging out clears the browser.
const PREFIX = 'isian-3:' // 3: without what the page carries for itself
const A_DAY = 24 * 60 * 60 * 1000
const PACE = 15 * 1000
const form = document.querySelector('form[data-copy]')
const key = PREFIX + location.pathname
const OWN = ['csrf_token', 'tampil']

const answers = () => [...new FormData(form)].filter(([name]) => !OWN.includes(name))
const read = (k) => JSON.parse(localStorage.getItem(k))
const keep = (other) => localStorage.setItem(key, JSON.stringify({ at: Date.now(), answers: answers(), ...other }))

// Too old, or sent from another page that the server has answered with this one.
function dropOld() {
  for (const k of Object.keys(localStorage).filter((k) => k.startsWith('isian-'))) {
    const { at, sent } = read(k)
    if (Date.now() - at > A_DAY || (sent && k !== key) || !k.startsWith(PREFIX)) localStorage.removeItem(k)
  }
}

function restore(copy) {
  for (const u of form.elements) {
    if (OWN.includes(u.name)) continue
    const values = copy.filter(([name]) => name === u.name).map(([, n]) => n)
    if (u.type === 'radio' || u.type === 'checkbox') u.checked = values.includes(u.value)
    else if (values.length && u.type !== 'hidden') u.value = values[0]
    if (u.checked) u.dispatchEvent(new Event('change', { bubbles: true }))
  }
}

function offer(copy) {
  const banner = document.getElementById('salinan')
  banner.hidden = false
  banner.querySelector('[data-restore]').addEventListener('click', () => { restore(copy); banner.hidden = true })
  banner.querySelector('[data-discard]').addEventListener('click', () => { localStorage.removeItem(key); banner.hidden = true })
}

// To the office: a while after something was typed, and at once when the page goes out of sight.
let waiting = 0, typed = false, sending = null
function later() {
  typed = true
  waiting ||= setTimeout(send, PACE)
}

function send() {
  clearTimeout(waiting)
  waiting = 0
  if (typed && !sending) sending = post().finally(() => { sending = null })
}

async function post() {
  typed = false
  const line = document.getElementById('tersimpan')
  try {
    const answer = await fetch(form.dataset.copy, { method: 'POST', body: new FormData(form), keepalive: true })
    const json = (answer.headers.get('Content-Type') ?? '').includes('json')
    const { said, seen } = json ? await answer.json() : {}
    if (!said) throw new Error(answer.status)
    if (seen) form.querySelector('[data-seen]').value = seen
    line.textContent = said
  } catch {
    typed = true
    line.textContent = 'Baru tersimpan di perangkat ini. Tekan Simpan bila sudah tersambung.'
  }
}

if (form) {
  dropOld()
  const copy = read(key)?.answers
  if (copy && JSON.stringify(copy) !== JSON.stringify(answers())) offer(copy)
  else localStorage.removeItem(key)
  form.addEventListener('input', () => { keep(); later() })
  form.addEventListener('submit', (event) => {
    if (sending) { // what it keeps is not to look like another window's
      event.preventDefault()
      sending.then(() => form.requestSubmit(event.submitter))
      return
    }
    clearTimeout(waiting)
    typed = false
    keep({ sent: true })
  })
  document.addEventListener('visibilitychange', () => document.hidden && send())
}
