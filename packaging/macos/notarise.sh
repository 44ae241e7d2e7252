#!/bin/bash
# Has Apple look at an app (zipped on the way) or a dmg, waits for the answer, and staples it on.
#
#   packaging/macos/notarise.sh dist/desktopmail.app
#
# Needs APPLE_KEY (the text of a key of App Store Connect), APPLE_KEY_ID and APPLE_ISSUER. Without them nothing is done,
# and said so.
set -euo pipefail

what=${1:?what is to be notarised?}
if [ -z "${APPLE_KEY:-}" ] || [ -z "${APPLE_KEY_ID:-}" ] || [ -z "${APPLE_ISSUER:-}" ]; then
  echo "not notarised: there are no credentials here" >&2
  exit 0
fi

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
sent=$what
if [ -d "$what" ]; then
  sent=$folder/$(basename "$what").zip
  ditto -c -k --keepParent "$what" "$sent"
fi

# The key goes by a file that is this person's alone, so that it stands in no list of processes.
(umask 077 && printf '%s\n' "$APPLE_KEY" >"$folder/key.p8")
credentials=(--key "$folder/key.p8" --key-id "$APPLE_KEY_ID" --issuer "$APPLE_ISSUER")
answer=$(xcrun notarytool submit "$sent" "${credentials[@]}" --wait --timeout 45m --output-format json)
number=$(plutil -extract id raw -o - - <<<"$answer")
if [ "$(plutil -extract status raw -o - - <<<"$answer")" != "Accepted" ]; then
  xcrun notarytool log "$number" "${credentials[@]}" >&2 || true
  exit 1
fi

# The ticket may take a moment to be seen everywhere.
for pause in 5 15 30 60 0; do
  if xcrun stapler staple "$what"; then
    exit 0
  fi
  sleep "$pause"
done
echo "the ticket could not be stapled on" >&2
exit 1
