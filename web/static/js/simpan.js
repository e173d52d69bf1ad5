// Keeps what is typed on a page of the form in this browser until the server has it: a session that ends meanwhile, or a
// signal that goes, loses nothing. Logging out clears it.
const AWALAN = 'isian:'
const SEHARI = 24 * 60 * 60 * 1000
const formulir = document.querySelector('form[data-salinan]')
const kunci = AWALAN + location.pathname

const isi = () => [...new FormData(formulir)].filter(([nama]) => nama !== 'csrf_token')
const baca = (k) => JSON.parse(localStorage.getItem(k))
const simpan = (lain) => localStorage.setItem(kunci, JSON.stringify({ pada: Date.now(), isi: isi(), ...lain }))

// Too old, or sent from another page that the server has answered with this one.
function buangYangLewat() {
  for (const k of Object.keys(localStorage).filter((k) => k.startsWith(AWALAN))) {
    const { pada, terkirim } = baca(k)
    if (Date.now() - pada > SEHARI || (terkirim && k !== kunci)) localStorage.removeItem(k)
  }
}

function pulihkan(salinan) {
  for (const u of formulir.elements) {
    const nilai = salinan.filter(([nama]) => nama === u.name).map(([, n]) => n)
    if (u.type === 'radio' || u.type === 'checkbox') u.checked = nilai.includes(u.value)
    else if (nilai.length && u.type !== 'hidden') u.value = nilai[0]
    if (u.checked) u.dispatchEvent(new Event('change', { bubbles: true }))
  }
}

function tawarkan(salinan) {
  const tawaran = document.getElementById('salinan')
  tawaran.hidden = false
  tawaran.querySelector('[data-pulihkan]').addEventListener('click', () => { pulihkan(salinan); tawaran.hidden = true })
  tawaran.querySelector('[data-buang]').addEventListener('click', () => { localStorage.removeItem(kunci); tawaran.hidden = true })
}

if (formulir) {
  buangYangLewat()
  const salinan = baca(kunci)?.isi
  if (salinan && JSON.stringify(salinan) !== JSON.stringify(isi())) tawarkan(salinan)
  else localStorage.removeItem(kunci)
  formulir.addEventListener('input', () => simpan())
  formulir.addEventListener('submit', () => simpan({ terkirim: true }))
}
