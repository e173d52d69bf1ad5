// Keeps what is typed on a page of the form in this browser until the server has it: a session that ends meanwhile, or a
// signal that goes, loses nothing. Logging out clears it.
const PREFIX = 'isian-2:' // 2: kept under English names
const A_DAY = 24 * 60 * 60 * 1000
const form = document.querySelector('form[data-copy]')
const key = PREFIX + location.pathname

const answers = () => [...new FormData(form)].filter(([name]) => name !== 'csrf_token')
const read = (k) => JSON.parse(localStorage.getItem(k))
const keep = (other) => localStorage.setItem(key, JSON.stringify({ at: Date.now(), answers: answers(), ...other }))

// Too old, or sent from another page that the server has answered with this one.
function dropOld() {
  for (const k of Object.keys(localStorage).filter((k) => k.startsWith(PREFIX))) {
    const { at, sent } = read(k)
    if (Date.now() - at > A_DAY || (sent && k !== key)) localStorage.removeItem(k)
  }
}

function restore(copy) {
  for (const u of form.elements) {
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

if (form) {
  dropOld()
  const copy = read(key)?.answers
  if (copy && JSON.stringify(copy) !== JSON.stringify(answers())) offer(copy)
  else localStorage.removeItem(key)
  form.addEventListener('input', () => keep())
  form.addEventListener('submit', () => keep({ sent: true }))
}
