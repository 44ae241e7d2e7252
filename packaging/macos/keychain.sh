#!/bin/bash
# Puts the identity for signing into a keychain of its own and prints DESKTOPMAIL_IDENTITY=… for the next steps.
#
#   packaging/macos/keychain.sh >>"$GITHUB_ENV"
#
# Needs CERTIFICATE (a PKCS#12 file in base64) and CERTIFICATE_PASSWORD. Without them nothing is printed.
set -euo pipefail

if [ -z "${CERTIFICATE:-}" ]; then
  echo "no identity: the app is signed for this computer only" >&2
  exit 0
fi

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
keychain=$HOME/Library/Keychains/desktopmail.keychain-db
password=$(openssl rand -hex 24)
(umask 077 && printf '%s' "$CERTIFICATE" | base64 --decode >"$folder/identity.p12")
security create-keychain -p "$password" "$keychain" >&2
security set-keychain-settings -lut 10800 "$keychain" >&2
security unlock-keychain -p "$password" "$keychain" >&2
security import "$folder/identity.p12" -k "$keychain" -P "${CERTIFICATE_PASSWORD:-}" -T /usr/bin/codesign >&2
security set-key-partition-list -S apple-tool:,apple: -s -k "$password" "$keychain" >/dev/null
security list-keychains -d user -s "$keychain" login.keychain-db >&2
identity=$(security find-identity -v -p codesigning "$keychain" | sed -n 's/.*"\(Developer ID Application: .*\)"/\1/p' | head -1)
if [ -z "$identity" ]; then
  echo "the certificate is no Developer ID Application" >&2
  exit 1
fi
printf 'DESKTOPMAIL_IDENTITY=%s\n' "$identity"
