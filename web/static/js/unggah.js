// Sends chosen files piece by piece and goes on where the signal broke off. Without this script the form posts as usual.
const POTONGAN = 256 * 1024
const TERBESAR = 10 * 1024 * 1024
const daftar = document.getElementById('dokumen')
const tertunda = new Map() // interrupted upload -> its form

const persen = (a, b) => `${Math.floor((100 * a) / b)}%`

function kalimat(galat) {
  try {
    return JSON.parse(galat.originalResponse.getBody()).galat
  } catch {
    return 'Berkas belum dapat dikirim. Coba pilih lagi.'
  }
}

// What is shown while the signal is away: it goes on by itself, or when somebody says so.
function tunda(unggahan, formulir) {
  tertunda.set(unggahan, formulir)
  const lanjut = document.createElement('button')
  lanjut.type = 'button'
  lanjut.className = 'tombol-tautan'
  lanjut.textContent = daftar.dataset.lanjut
  lanjut.addEventListener('click', () => unggahan.start())
  formulir.querySelector('[data-kabar]').replaceChildren(daftar.dataset.putus, ' ', lanjut)
}

// Resolves to the sentence of a refusal, or to nothing.
function kirim(formulir, berkas) {
  const kabar = formulir.querySelector('[data-kabar]')
  const bilah = formulir.querySelector('progress')
  kabar.className = 'kecil'
  return new Promise((selesai) => {
    if (berkas.size > TERBESAR) {
      return selesai(`${berkas.name} terlalu besar (${(berkas.size / 1024 / 1024).toFixed(0)} MB), paling besar 10 MB. Ambil ulang dengan resolusi lebih kecil.`)
    }
    bilah.hidden = false
    const unggahan = new tus.Upload(berkas, {
      endpoint: formulir.dataset.unggah,
      chunkSize: POTONGAN,
      retryDelays: [0, 1000, 3000, 5000, 10000],
      headers: { 'X-CSRFToken': formulir.elements.csrf_token.value, Accept: 'application/json' },
      metadata: { filename: berkas.name },
      removeFingerprintOnSuccess: true,
      fingerprint: async (f) => [formulir.dataset.unggah, f.name, f.size, f.lastModified].join('|'),
      onProgress: (terkirim, semua) => {
        bilah.value = (100 * terkirim) / semua
        kabar.textContent = `Mengunggah ${berkas.name}: ${persen(terkirim, semua)}`
      },
      onSuccess: () => { tertunda.delete(unggahan); selesai('') },
      onError: (galat) => {
        const jawaban = galat.originalResponse
        if (!jawaban || jawaban.getStatus() === 0) return tunda(unggahan, formulir)
        tertunda.delete(unggahan)
        if (jawaban.getStatus() === 401) return location.reload()
        selesai(`${berkas.name}: ${kalimat(galat)}`)
      },
    })
    unggahan.findPreviousUploads().then((dulu) => {
      if (dulu.length) unggahan.resumeFromPreviousUpload(dulu[0])
      unggahan.start()
    })
  })
}

// The server draws the card; only its place on the page is ours. The old one stays when the page cannot be had.
async function gambarUlang(kartu) {
  try {
    const halaman = new DOMParser().parseFromString(await (await fetch(location.pathname)).text(), 'text/html')
    const baru = halaman.getElementById(kartu.id)
    if (!baru) return location.reload()
    kartu.replaceWith(baru)
    pasang(baru)
    baru.querySelector('.berkas')?.scrollIntoView({ block: 'nearest' })
    return baru
  } catch {
    return kartu
  }
}

function katakan(kartu, kalimat) {
  const kabar = kartu?.querySelector('[data-kabar]')
  if (!kabar) return
  kabar.className = 'govuk-error-message'
  kabar.replaceChildren(...kalimat.flatMap((k) => [document.createElement('br'), k]).slice(1))
}

function pasang(kartu) {
  const formulir = kartu.querySelector('form[data-unggah]')
  if (!formulir) return
  formulir.querySelector('[data-tanpa-js]').hidden = true
  formulir.classList.add('pilih-js')
  const pilih = formulir.querySelector('input[type=file]')
  pilih.addEventListener('change', async () => {
    const semua = [...pilih.files]
    pilih.value = '' // the same file may be chosen again
    tertunda.forEach((dari, unggahan) => dari === formulir && tertunda.delete(unggahan))
    const penolakan = []
    for (const berkas of semua) penolakan.push(await kirim(formulir, berkas))
    formulir.querySelector('progress').hidden = true
    katakan(await gambarUlang(kartu), penolakan.filter(Boolean))
  })
}

addEventListener('online', () => tertunda.forEach((_, unggahan) => unggahan.start()))
addEventListener('beforeunload', (e) => tertunda.size && e.preventDefault())
if (daftar && window.tus?.isSupported) daftar.querySelectorAll('li[id]').forEach(pasang)
