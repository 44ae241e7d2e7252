#!/bin/bash
# Has Apple look at an app (zipped on the way) or a dmg, waits for the answer, and staples it on.
#
#   packaging/macos/notarise.sh dist/desktopmail.app
#
# Needs APPLE_ID, APPLE_TEAM and APPLE_PASSWORD (an app-specific password). Without them nothing is done, and said so.
set -euo pipefail

what=${1:?what is to be notarised?}
if [ -z "${APPLE_ID:-}" ] || [ -z "${APPLE_TEAM:-}" ] || [ -z "${APPLE_PASSWORD:-}" ]; then
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

# The password goes into a keychain profile by standard input, so that it stands in no list of processes.
profile=desktopmail-notary
printf '%s\n' "$APPLE_PASSWORD" |
  xcrun notarytool store-credentials "$profile" --apple-id "$APPLE_ID" --team-id "$APPLE_TEAM" >/dev/null
answer=$(xcrun notarytool submit "$sent" --keychain-profile "$profile" --wait --timeout 45m --output-format json)
number=$(plutil -extract id raw -o - - <<<"$answer")
if [ "$(plutil -extract status raw -o - - <<<"$answer")" != "Accepted" ]; then
  xcrun notarytool log "$number" --keychain-profile "$profile" >&2 || true
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
