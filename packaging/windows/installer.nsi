; The installer for one person: no rights are asked for, nothing is written outside that person's part of the system.
;
;   makensis -DVERSION=1.2.3 -DPAYLOAD=<folder of the frozen program> -DOUTPUT=setup.exe -DICON=… -DLICENCE=… installer.nsi
;
; /S installs or removes without a word. Exit codes: 2, the program runs and does not close; 3, this Windows is too old;
; 4, the files could not be written; 5, the folder is another program's. Whatever went wrong, the program that was there
; before is there as it was. The uninstaller keeps mail, accounts and settings unless somebody ticks the box or
; says /MAIL; then passwords go, too.

Unicode true
ManifestDPIAware true
ManifestSupportedOS Win10
RequestExecutionLevel user
!ifndef PAUSE
  !define PAUSE 500
!endif
!ifdef QUICK
  SetCompressor zlib
!else
  SetCompressor /SOLID lzma
  SetCompressorDictSize 64
!endif

!include MUI2.nsh
!include LogicLib.nsh
!include FileFunc.nsh
!include x64.nsh
!include WinVer.nsh
!include Sections.nsh
!include Win\COM.nsh
!include Win\Propkey.nsh

!define TITLE "Desktopmail"
!define EXE "desktopmail.exe"
!define APP_ID "org.desktopmail.Desktopmail"
!define CLASSES "Software\Classes"
!define CLIENT "Software\Clients\Mail\${TITLE}"
!define UNINSTALL "Software\Microsoft\Windows\CurrentVersion\Uninstall\${TITLE}"
!define APP_PATH "Software\Microsoft\Windows\CurrentVersion\App Paths\${EXE}"
!define RUN "Software\Microsoft\Windows\CurrentVersion\Run"
; Where the new program waits until it is whole, and the old one until the new is in its place.
!define NEW "$INSTDIR\desktopmail.new"
!define OLD "$INSTDIR\desktopmail.old"
!define OPEN '"$INSTDIR\${EXE}" -- "%1"'
!define STILL_RUNS "${TITLE} is still running. Close it, also from the notification area, and try again."

Name "${TITLE}"
OutFile "${OUTPUT}"
InstallDir "$LOCALAPPDATA\Programs\${TITLE}"
InstallDirRegKey HKCU "${UNINSTALL}" "InstallLocation"
BrandingText "${TITLE} ${VERSION}"
ShowInstDetails nevershow
ShowUninstDetails nevershow

VIProductVersion "${VERSION_NUMBERS}"
VIFileVersion "${VERSION_NUMBERS}"
VIAddVersionKey /LANG=1033 "ProductName" "${TITLE}"
VIAddVersionKey /LANG=1033 "ProductVersion" "${VERSION}"
VIAddVersionKey /LANG=1033 "FileVersion" "${VERSION}"
VIAddVersionKey /LANG=1033 "FileDescription" "${TITLE} installer"
VIAddVersionKey /LANG=1033 "CompanyName" "${PUBLISHER}"
VIAddVersionKey /LANG=1033 "LegalCopyright" "${PUBLISHER}, GPL-3.0-or-later"

; Each file that is made here is signed on the way, where there is something to sign with.
!ifdef SIGN
  !finalize '${SIGN} "%1"' = 0
  !uninstfinalize '${SIGN} "%1"' = 0
!endif

!define MUI_ICON "${ICON}"
!define MUI_UNICON "${ICON}"
!define MUI_ABORTWARNING
!define MUI_FINISHPAGE_RUN "$INSTDIR\${EXE}"
!define MUI_FINISHPAGE_RUN_TEXT "Start ${TITLE}"
; Windows alone lets a person choose the program for mail; the box opens the place where that is done.
!define MUI_FINISHPAGE_SHOWREADME ""
!define MUI_FINISHPAGE_SHOWREADME_NOTCHECKED
!define MUI_FINISHPAGE_SHOWREADME_TEXT "Open mail links and message files with ${TITLE}…"
!define MUI_FINISHPAGE_SHOWREADME_FUNCTION ChooseForMail
!define MUI_COMPONENTSPAGE_SMALLDESC

!insertmacro MUI_PAGE_LICENSE "${LICENCE}"
!insertmacro MUI_PAGE_DIRECTORY
!insertmacro MUI_PAGE_INSTFILES
!insertmacro MUI_PAGE_FINISH
!insertmacro MUI_UNPAGE_CONFIRM
!insertmacro MUI_UNPAGE_COMPONENTS
!insertmacro MUI_UNPAGE_INSTFILES
!insertmacro MUI_LANGUAGE "English"

; All that lies in the folder of a frozen program. Nothing else in there is touched: a person may have chosen a folder
; with other things in it.
!macro EachPart do
  !insertmacro ${do} "_internal"
  !insertmacro ${do} "${EXE}"
  !insertmacro ${do} "LICENSE.txt"
  !insertmacro ${do} "THIRD-PARTY-NOTICES.txt"
  !insertmacro ${do} "sbom.cdx.json"
!macroend

; $R0 becomes the name of what could not be moved; then no further one is.
!macro Move from to name
  ${If} $R0 == ""
  ${AndIf} ${FileExists} "${from}\${name}"
    ClearErrors
    Rename "${from}\${name}" "${to}\${name}"
    ${If} ${Errors}
      StrCpy $R0 "${name}"
    ${EndIf}
  ${EndIf}
!macroend
!macro Out name
  !insertmacro Move "$INSTDIR" "${OLD}" "${name}"
!macroend
!macro In name
  !insertmacro Move "${NEW}" "$INSTDIR" "${name}"
!macroend
!macro Back name
  ${If} ${FileExists} "${OLD}\${name}"
    !insertmacro Gone "${name}"
    Rename "${OLD}\${name}" "$INSTDIR\${name}"
  ${EndIf}
!macroend
!macro Gone name
  RMDir /r "$INSTDIR\${name}"
  Delete "$INSTDIR\${name}"
!macroend

; A running program is asked to quit, and windows of other profiles to close, as a person would do it; nobody is killed:
; it may be writing mail.
!macro CloseProgram prefix
Function ${prefix}CloseProgram
  ${DoWhile} 1 = 1
    StrCpy $1 0
    ${Do}
      ClearErrors
      ${IfNot} ${FileExists} "$INSTDIR\${EXE}"
        Return
      ${EndIf}
      FileOpen $0 "$INSTDIR\${EXE}" a
      ${IfNot} ${Errors}
        FileClose $0
        Return
      ${EndIf}
      ${If} $1 = 0
        nsExec::Exec /TIMEOUT=10000 '"$INSTDIR\${EXE}" --quit'
        Pop $0
      ${ElseIf} $1 = 10
        nsExec::Exec '"$SYSDIR\taskkill.exe" /IM "${EXE}"'
        Pop $0
      ${EndIf}
      Sleep ${PAUSE}
      IntOp $1 $1 + 1
    ${LoopUntil} $1 > 30
    MessageBox MB_RETRYCANCEL|MB_ICONEXCLAMATION "${STILL_RUNS}" /SD IDCANCEL IDRETRY again
    SetErrorLevel 2
    Quit
    again:
  ${Loop}
FunctionEnd
!macroend
!insertmacro CloseProgram ""
!insertmacro CloseProgram "un."

Function .onInit
  ${If} ${IsNativeIA32}
  ${OrIfNot} ${AtLeastWin10}
    MessageBox MB_OK|MB_ICONSTOP "${TITLE} needs Windows 10 or later on a 64-bit computer." /SD IDOK
    SetErrorLevel 3
    Quit
  ${EndIf}
FunctionEnd

Section "${TITLE}"
  SetShellVarContext current
  ${If} ${FileExists} "$INSTDIR\_internal"
  ${AndIfNot} ${FileExists} "$INSTDIR\${EXE}"
  ${AndIfNot} ${FileExists} "${OLD}"
    MessageBox MB_OK|MB_ICONSTOP "Another program is in this folder. Nothing was changed. Start the installer again and choose another folder." /SD IDOK
    SetErrorLevel 5
    Quit
  ${EndIf}
  Call CloseProgram

  ; The new program lies beside the old one until it is whole; then they change places.
  RMDir /r "${NEW}"
  RMDir /r "${OLD}"
  SetOutPath "${NEW}"
  ClearErrors
  File /r "${PAYLOAD}\*.*"
  SetOutPath "$INSTDIR"
  ${If} ${Errors}
    RMDir /r "${NEW}"
    MessageBox MB_OK|MB_ICONSTOP "There is not enough room, or the folder cannot be written. Nothing was changed." /SD IDOK
    SetErrorLevel 4
    Quit
  ${EndIf}
  CreateDirectory "${OLD}"
  StrCpy $R0 ""
  !insertmacro EachPart Out
  !insertmacro EachPart In
  ${If} $R0 != ""
    !insertmacro EachPart Back
    RMDir /r "${NEW}"
    RMDir /r "${OLD}"
    MessageBox MB_OK|MB_ICONSTOP "${STILL_RUNS}" /SD IDOK
    SetErrorLevel 2
    Quit
  ${EndIf}
  RMDir /r "${NEW}"
  RMDir /r "${OLD}"
  WriteUninstaller "$INSTDIR\uninstall.exe"

  CreateShortcut "$SMPROGRAMS\${TITLE}.lnk" "$INSTDIR\${EXE}" "" "$INSTDIR\${EXE}" 0 SW_SHOWNORMAL "" "Read and write mail"
  Call GiveShortcutItsName

  ; Who this program is for notifications and the task bar.
  WriteRegStr HKCU "${CLASSES}\AppUserModelId\${APP_ID}" "DisplayName" "${TITLE}"
  WriteRegStr HKCU "${APP_PATH}" "" "$INSTDIR\${EXE}"

  ; What it can open. Nothing is taken from the program a person chose: Windows asks, and lists this one.
  WriteRegStr HKCU "${CLASSES}\${TITLE}.mailto" "" "Mail address"
  WriteRegStr HKCU "${CLASSES}\${TITLE}.mailto" "URL Protocol" ""
  WriteRegStr HKCU "${CLASSES}\${TITLE}.mailto\DefaultIcon" "" "$INSTDIR\${EXE},0"
  WriteRegStr HKCU "${CLASSES}\${TITLE}.mailto\shell\open\command" "" '${OPEN}'
  WriteRegStr HKCU "${CLASSES}\${TITLE}.eml" "" "Mail message"
  WriteRegStr HKCU "${CLASSES}\${TITLE}.eml\DefaultIcon" "" "$INSTDIR\${EXE},0"
  WriteRegStr HKCU "${CLASSES}\${TITLE}.eml\shell\open\command" "" '${OPEN}'
  WriteRegStr HKCU "${CLASSES}\.eml\OpenWithProgids" "${TITLE}.eml" ""
  WriteRegStr HKCU "${CLASSES}\${TITLE}.mbox" "" "Mailbox file"
  WriteRegStr HKCU "${CLASSES}\${TITLE}.mbox\DefaultIcon" "" "$INSTDIR\${EXE},0"
  WriteRegStr HKCU "${CLASSES}\${TITLE}.mbox\shell\open\command" "" '${OPEN}'
  WriteRegStr HKCU "${CLASSES}\.mbox\OpenWithProgids" "${TITLE}.mbox" ""

  ; One of the mail programs of this person.
  WriteRegStr HKCU "${CLIENT}" "" "${TITLE}"
  WriteRegStr HKCU "${CLIENT}\DefaultIcon" "" "$INSTDIR\${EXE},0"
  WriteRegStr HKCU "${CLIENT}\shell\open\command" "" '"$INSTDIR\${EXE}"'
  WriteRegStr HKCU "${CLIENT}\Protocols\mailto" "" "Mail address"
  WriteRegStr HKCU "${CLIENT}\Protocols\mailto" "URL Protocol" ""
  WriteRegStr HKCU "${CLIENT}\Protocols\mailto\shell\open\command" "" '${OPEN}'
  WriteRegStr HKCU "${CLIENT}\Capabilities" "ApplicationName" "${TITLE}"
  WriteRegStr HKCU "${CLIENT}\Capabilities" "ApplicationDescription" "Read and write mail over IMAP or POP3"
  WriteRegStr HKCU "${CLIENT}\Capabilities" "ApplicationIcon" "$INSTDIR\${EXE},0"
  WriteRegStr HKCU "${CLIENT}\Capabilities\FileAssociations" ".eml" "${TITLE}.eml"
  WriteRegStr HKCU "${CLIENT}\Capabilities\FileAssociations" ".mbox" "${TITLE}.mbox"
  WriteRegStr HKCU "${CLIENT}\Capabilities\URLAssociations" "mailto" "${TITLE}.mailto"
  WriteRegStr HKCU "${CLIENT}\Capabilities\StartMenu" "Mail" "${TITLE}"
  WriteRegStr HKCU "Software\RegisteredApplications" "${TITLE}" "${CLIENT}\Capabilities"

  ; The list of installed programs.
  WriteRegStr HKCU "${UNINSTALL}" "DisplayName" "${TITLE}"
  WriteRegStr HKCU "${UNINSTALL}" "DisplayVersion" "${VERSION}"
  WriteRegStr HKCU "${UNINSTALL}" "DisplayIcon" "$INSTDIR\${EXE}"
  WriteRegStr HKCU "${UNINSTALL}" "Publisher" "${PUBLISHER}"
  WriteRegStr HKCU "${UNINSTALL}" "InstallLocation" "$INSTDIR"
  WriteRegStr HKCU "${UNINSTALL}" "UninstallString" '"$INSTDIR\uninstall.exe"'
  WriteRegStr HKCU "${UNINSTALL}" "QuietUninstallString" '"$INSTDIR\uninstall.exe" /S'
  WriteRegDWORD HKCU "${UNINSTALL}" "NoModify" 1
  WriteRegDWORD HKCU "${UNINSTALL}" "NoRepair" 1
  ${GetSize} "$INSTDIR" "/S=0K" $0 $1 $2
  WriteRegDWORD HKCU "${UNINSTALL}" "EstimatedSize" $0
  Call TellTheShell
SectionEnd

; The shortcut carries the name the program gives itself, so that its windows and notifications belong to it
; (System.AppUserModel.ID). Where that fails nothing is lost but the grouping.
Function GiveShortcutItsName
  !insertmacro ComHlpr_CreateInProcInstance ${CLSID_ShellLink} ${IID_IShellLink} r0 ""
  ${If} $0 P<> 0
    ${IUnknown::QueryInterface} $0 '("${IID_IPersistFile}",.r4)'
    ${IPersistFile::Load} $4 '("$SMPROGRAMS\${TITLE}.lnk",${STGM_READWRITE})'
    ${IUnknown::QueryInterface} $0 '("${IID_IPropertyStore}",.r1)'
    ${If} $1 P<> 0
      System::Call '*(&w64 "${APP_ID}")p.r5'
      System::Call '*${SYSSTRUCT_PROPERTYKEY}(${PKEY_AppUserModel_ID})p.r2'
      System::Call '*${SYSSTRUCT_PROPVARIANT}(${VT_LPWSTR},,p r5)p.r3'
      ${IPropertyStore::SetValue} $1 '($2,$3)'
      ${IPropertyStore::Commit} $1 ""
      ${IUnknown::Release} $1 ""
      ${IPersistFile::Save} $4 '("$SMPROGRAMS\${TITLE}.lnk",1)'
      System::Free $2
      System::Free $3
      System::Free $5
    ${EndIf}
    ${IUnknown::Release} $4 ""
    ${IUnknown::Release} $0 ""
  ${EndIf}
FunctionEnd

Function ChooseForMail
  ExecShell "open" "ms-settings:defaultapps?registeredAppUser=${TITLE}"
FunctionEnd

!macro TellTheShell prefix
Function ${prefix}TellTheShell
  System::Call 'shell32::SHChangeNotify(i 0x08000000, i 0, p 0, p 0)'
FunctionEnd
!macroend
!insertmacro TellTheShell ""
!insertmacro TellTheShell "un."

Section "un.${TITLE}" UN_PROGRAM
  SectionIn RO
  SetShellVarContext current
  Call un.CloseProgram
  ; Only what was installed goes; what somebody else put into the folder stays, and the folder with it.
  Delete "$SMPROGRAMS\${TITLE}.lnk"
  !insertmacro EachPart Gone
  RMDir /r "${NEW}"
  RMDir /r "${OLD}"
  Delete "$INSTDIR\uninstall.exe"
  RMDir "$INSTDIR"
  DeleteRegKey HKCU "${CLASSES}\AppUserModelId\${APP_ID}"
  DeleteRegKey HKCU "${APP_PATH}"
  DeleteRegKey HKCU "${CLASSES}\${TITLE}.mailto"
  DeleteRegKey HKCU "${CLASSES}\${TITLE}.eml"
  DeleteRegValue HKCU "${CLASSES}\.eml\OpenWithProgids" "${TITLE}.eml"
  DeleteRegKey HKCU "${CLASSES}\${TITLE}.mbox"
  DeleteRegValue HKCU "${CLASSES}\.mbox\OpenWithProgids" "${TITLE}.mbox"
  DeleteRegKey HKCU "${CLIENT}"
  DeleteRegValue HKCU "Software\RegisteredApplications" "${TITLE}"
  DeleteRegValue HKCU "${RUN}" "${TITLE}"
  DeleteRegKey HKCU "${UNINSTALL}"
  Call un.TellTheShell
SectionEnd

Section /o "un.Delete mail and settings" UN_MAIL
  SetShellVarContext current
  RMDir /r "$LOCALAPPDATA\desktopmail"
  Call un.ForgetPasswords
SectionEnd

; Passwords lie in the credential store of Windows, as "desktopmail" or as "…@desktopmail" (CREDENTIALW of wincred.h:
; flags, kind, name; kind 1 is a program's own).
Function un.ForgetPasswords
  System::Call 'advapi32::CredEnumerateW(p 0, i 0, *i .r1, *p .r2) i .r0'
  ${If} $0 = 0
    Return
  ${EndIf}
  StrCpy $3 0
  ${DoWhile} $3 < $1
    IntOp $4 $3 * ${NSIS_PTR_SIZE}
    IntPtrOp $4 $2 + $4
    System::Call '*$4(p .r4)'
    System::Call '*$4(i, i .r5, w .r6)'
    StrCpy $7 $6 "" -12
    ${If} $5 = 1
      ${If} $6 == "desktopmail"
      ${OrIf} $7 == "@desktopmail"
        System::Call 'advapi32::CredDeleteW(w r6, i 1, i 0)'
      ${EndIf}
    ${EndIf}
    IntOp $3 $3 + 1
  ${Loop}
  System::Call 'advapi32::CredFree(p r2)'
FunctionEnd

Function un.onInit
  ${GetParameters} $0
  ClearErrors
  ${GetOptions} $0 "/MAIL" $1
  ${IfNot} ${Errors}
    !insertmacro SelectSection ${UN_MAIL}
  ${EndIf}
FunctionEnd

!insertmacro MUI_UNFUNCTION_DESCRIPTION_BEGIN
  !insertmacro MUI_DESCRIPTION_TEXT ${UN_PROGRAM} "The program. Mail, accounts and settings stay on this computer."
  !insertmacro MUI_DESCRIPTION_TEXT ${UN_MAIL} "All mail, accounts, passwords and settings of ${TITLE} on this computer, for ever. Mail that is on servers stays there."
!insertmacro MUI_UNFUNCTION_DESCRIPTION_END
