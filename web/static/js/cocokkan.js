// Hashes a PDF in the browser and compares it with the published one. The file goes nowhere.
const kotak = document.getElementById('cocokkan')
const hasil = document.getElementById('hasil')

async function cocokkan(berkas) {
  if (!berkas) return
  hasil.textContent = 'Menghitung …'
  const sidik = await crypto.subtle.digest('SHA-256', await berkas.arrayBuffer())
  const heksa = [...new Uint8Array(sidik)].map((b) => b.toString(16).padStart(2, '0')).join('')
  hasil.textContent = heksa === kotak.dataset.sidik
    ? 'Cocok. PDF ini sama persis dengan yang diterbitkan.'
    : 'Tidak cocok. PDF ini bukan berkas yang diterbitkan, atau sudah diubah.'
}

kotak.classList.add('pilih-js')
document.getElementById('pdf').addEventListener('change', (e) => cocokkan(e.target.files[0]))
kotak.addEventListener('dragover', (e) => { e.preventDefault(); kotak.classList.add('jatuh--siap') })
kotak.addEventListener('dragleave', () => kotak.classList.remove('jatuh--siap'))
kotak.addEventListener('drop', (e) => {
  e.preventDefault()
  kotak.classList.remove('jatuh--siap')
  cocokkan(e.dataTransfer.files[0])
})
