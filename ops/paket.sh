#!/usr/bin/env bash
# System packages: LibreOffice for PDFs and fonts; for the tests Chromium, pdfsig and nginx too. Without them the simple
# PDF engine is installed from PyPI and everything still runs; without python3-uno each PDF costs eight times the CPU.
set -u
cd "$(dirname "$0")/.."
packages=(libreoffice-writer-nogui fonts-urw-base35 fonts-liberation)
optional=python3-uno
case "${1:-run}" in
  dev) packages+=(chromium poppler-utils nginx-light) ;;
  latihan) packages+=(libfaketime) ;; # the drills' wrong clocks
esac

missing() {
  local package
  command -v dpkg-query >/dev/null || return 0
  for package in "${packages[@]}" "$optional"; do
    [ "$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || echo "$package"
  done
}

install() {
  [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null || return 1
  export DEBIAN_FRONTEND=noninteractive
  # Debian starts a server as soon as it is installed, unless this says no; ours are started by whoever needs them.
  local policy=/usr/sbin/policy-rc.d
  if [ ! -e "$policy" ]; then
    printf '#!/bin/sh\nexit 101\n' >"$policy" && chmod +x "$policy"
    trap 'rm -f /usr/sbin/policy-rc.d' EXIT
  fi
  apt-get -qq -o DPkg::Lock::Timeout=600 update &&
    apt-get -qq -y -o DPkg::Lock::Timeout=600 -o Dpkg::Use-Pty=0 install --no-install-recommends "$@" >/dev/null || return
  if [[ " $* " = *" nginx-light "* ]]; then rm -f /etc/systemd/system/multi-user.target.wants/nginx.service; fi # nor at boot
}

mapfile -t lacking < <(missing)
if [ "${#lacking[@]}" -gt 0 ]; then
  echo "Memasang paket sistem: ${lacking[*]}"
  mapfile -t needed < <(printf '%s\n' "${lacking[@]}" | grep -vx "$optional")
  install "${lacking[@]}" || install "${needed[@]}" || echo "Paket sistem tidak dapat dipasang (${lacking[*]}); jalankan sebagai root atau minta admin memasangnya. AlurIzin tetap berjalan."
fi
if ! command -v soffice >/dev/null && [ requirements/pdf.txt -nt .venv/.pdf ]; then
  echo "LibreOffice tidak ada: memakai mesin PDF sederhana."
  .venv/bin/python -m pip --disable-pip-version-check --no-input install --quiet --require-hashes -r requirements/pdf.txt &&
    touch .venv/.pdf
fi
exit 0
