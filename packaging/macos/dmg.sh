#!/bin/bash
# Makes the disk image with the app and a way to the Applications folder.
#
#   packaging/macos/dmg.sh dist/desktopmail.app dist/desktopmail-1.2.3-macos-arm64.dmg
set -euo pipefail

app=${1:?which app?}
image=${2:?which image?}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
ditto "$app" "$folder/Desktopmail.app"
ln -s /Applications "$folder/Applications"

# Something on the machine, an indexer most often, may hold the volume for a moment.
for pause in 5 10 20 40 0; do
  rm -f "$image"
  if hdiutil create -volname Desktopmail -srcfolder "$folder" -fs HFS+ -format UDZO -ov "$image"; then
    hdiutil verify "$image"
    if [ -n "${DESKTOPMAIL_IDENTITY:-}" ]; then
      codesign --force --timestamp --sign "$DESKTOPMAIL_IDENTITY" "$image"
    fi
    exit 0
  fi
  echo "the image could not be made; another try in $pause seconds" >&2
  sleep "$pause"
done
exit 1
