#!/usr/bin/env bash
# Publishes one version of a model: every file of FOLDER, and last the manifest, by whose presence GPU hosts know that all else is there.
# Signs in as `az login` did; main.bicep lets whoever deploys write to the container.
set -euo pipefail

usage='usage: infra/publish-model.sh ACCOUNT FOLDER MODEL VERSION
  ACCOUNT  the storage account (azd env get-value AZURE_STORAGE_ACCOUNT_NAME)
  FOLDER   model.onnx beside its Hugging Face files, as Optimum exports it
  MODEL    the name that requests will use
  VERSION  a whole number; hosts serve the highest'
fail() { printf 'publish-model: %s\n' "$*" >&2; exit 1; }

[ $# -eq 4 ] || { printf '%s\n' "$usage" >&2; exit 2; }
account=$1 folder=$2 model=$3 version=$4
[ -d "$folder" ] || fail "there is no folder $folder"
[[ $model =~ ^[A-Za-z0-9_-][A-Za-z0-9._-]{0,127}$ ]] || fail "'$model' is no name for a model: letters, digits, '.', '_' and '-'"
[[ $version =~ ^[1-9][0-9]*$ ]] || fail "'$version' is no version: a whole number from 1"

storage() { az storage blob "$@" --auth-mode login --only-show-errors --account-name "$account" --container-name models; }
sha256() { if command -v sha256sum >/dev/null; then sha256sum "$1"; else shasum -a 256 "$1"; fi | cut -d' ' -f1; }

# A published version never changes: hosts that hold it would not fetch it again.
[ "$(storage exists --name "$model/$version/manifest.json" --query exists --output tsv)" != true ] \
  || fail "$model version $version is published; take the next number"

manifest=$(mktemp)
trap 'rm -f "$manifest"' EXIT
separator=''
printf '{"files":[' >"$manifest"
while IFS= read -r path; do
  [[ $path =~ ^[A-Za-z0-9._/-]+$ ]] || fail "'$path': a file's name may have letters, digits, '.', '_' and '-'"
  file=$folder/$path
  printf '%s{"path":"%s","size":%d,"sha256":"%s"}' "$separator" "$path" "$(wc -c <"$file")" "$(sha256 "$file")" >>"$manifest"
  separator=,
  printf '%s\n' "$path"
  storage upload --overwrite --name "$model/$version/$path" --file "$file" --output none
done < <(cd "$folder" && find . -type f ! -path '*/.*/*' ! -name '.*' ! -path ./manifest.json | cut -c3- | LC_ALL=C sort)
[ -n "$separator" ] || fail "$folder has no files"
printf ']}' >>"$manifest"
storage upload --name "$model/$version/manifest.json" --file "$manifest" --output none
printf '%s version %s is published; GPU hosts take it at their next start\n' "$model" "$version"
