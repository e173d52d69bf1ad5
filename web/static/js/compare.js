// Hashes a PDF in the browser and compares it with the published one. The file goes nowhere.
const box = document.getElementById('cocokkan')
const result = document.getElementById('hasil')

async function compare(berkas) {
  if (!berkas) return
  result.textContent = 'Menghitung …'
  const digest = await crypto.subtle.digest('SHA-256', await berkas.arrayBuffer())
  const hex = [...new Uint8Array(digest)].map((b) => b.toString(16).padStart(2, '0')).join('')
  result.textContent = hex === box.dataset.digest
    ? 'Cocok. PDF ini sama persis dengan yang diterbitkan.'
    : 'Tidak cocok. PDF ini bukan berkas yang diterbitkan, atau sudah diubah.'
}

box.classList.add('picker-js')
document.getElementById('pdf').addEventListener('change', (e) => compare(e.target.files[0]))
box.addEventListener('dragover', (e) => { e.preventDefault(); box.classList.add('drop--ready') })
box.addEventListener('dragleave', () => box.classList.remove('drop--ready'))
box.addEventListener('drop', (e) => {
  e.preventDefault()
  box.classList.remove('drop--ready')
  compare(e.dataTransfer.files[0])
})
