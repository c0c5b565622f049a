#!/usr/bin/env bash
# Clients that generators make of the committed OpenAPI documents: they compile, and three get the service's answer, an
# infinite loss included, and its problems. Five more post a list of requests with class weights and presets, and are sent
# what curl is, to the byte: nothing that their models fill in changes an answer.
# Needs a build (dist/), and for each its tool and the tool's package index. Says what it ran; what could not run is named
# loudly, and fails with CI=true. The generated code goes with the temporary folder.
set -Eeuo pipefail
shopt -s inherit_errexit
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

work=$(mktemp -d "${TMPDIR:-/tmp}/lossd-generated.XXXXXX")
readonly work
# The pinned Node: it runs TypeScript as it is.
node=$PWD/node_modules/.bin/node
readonly node
ran=0

main() {
  trap 'rm -rf "$work"' EXIT
  [ -d dist ] || fail "there is no dist/: run npm ci and npm run build first"
  cp -r test/clients/generated/. openapi/openapi.json openapi/openapi-3.0.json "$work"
  client typescript npm "$node" "$work/typescript/main.ts"
  client go go "$work/go/client"
  client rust cargo "$work/rust/target/debug/generated"
  requests java_native mvn java -cp "$work/java_native/classes:$work/java_native/libraries/*" Main
  requests java_okhttp mvn java -cp "$work/java_okhttp/classes:$work/java_okhttp/libraries/*" Main
  requests go_generator go "$work/go_generator/client"
  requests python python3 "$work/python/venv/bin/python" "$work/python/by_client.py"
  requests python python3 "$work/python/venv/bin/python" "$work/python/by_models.py"
  echo "$ran of 8 generated clients ran"
}

fail() { printf 'test/clients/generated.sh: %s\n' "$*" >&2; exit 1; }

# client NAME TOOL COMMAND…
client() { generated check_client.ts answers,too_large "$@"; }
requests() { generated check_requests.ts '' "$@"; }

# generated CHECK ARGUMENTS NAME TOOL COMMAND…
generated() {
  local check=$1 arguments=$2 name=$3 tool=$4
  shift 4
  if command -v "$tool" >/dev/null; then
    [ -f "$work/$name/done" ] || (cd "$work/$name" && "generate_$name")
    touch "$work/$name/done"
    "$node" "test/clients/$check" "$name" ${arguments:+"$arguments"} "$@"
    ran=$((ran + 1))
  else
    printf '\n!!! NOT RUN: the generated client in %s. There is no %s here.\n\n' "$name" "$tool" >&2
    [ "${CI:-}" != true ] || fail "with CI=true every client has to run"
  fi
}

# Without the option a field with a default would be required.
generate_typescript() {
  npm ci --silent
  npx openapi-typescript ../openapi.json --default-non-nullable false --output lossd.d.ts
  npx tsc --project .
}

generate_go() {
  go tool oapi-codegen -generate types,client -package main -o lossd.go ../openapi-3.0.json
  go vet .
  go build -o client .
}

# progenitor generates while it compiles.
generate_rust() {
  "$node" v1_json.ts ../openapi-3.0.json >openapi-3.0.json
  cargo build --quiet --locked
}

# openapi_generator ARGUMENTS…: for generators in Java the 3.0 document, as for all that know no 3.1 well.
openapi_generator() {
  local version=7.17.0 jar=$work/openapi-generator.jar
  if [ ! -f "$jar" ]; then
    mvn -q -B dependency:copy -Dartifact="org.openapitools:openapi-generator-cli:$version" \
      -DoutputDirectory="$work" -Dmdep.stripVersion=true
    mv "$work/openapi-generator-cli.jar" "$jar"
  fi
  # It logs each file.
  java -jar "$jar" generate -i "$work/openapi-3.0.json" "$@" \
    --global-property apiTests=false,modelTests=false,apiDocs=false,modelDocs=false >generator.log 2>&1 ||
    { tail -30 generator.log >&2; fail "openapi-generator failed"; }
}

generate_java_native() { generate_java native; }
generate_java_okhttp() { generate_java okhttp-gson; }

generate_java() {
  openapi_generator -g java -p "library=$1" -o generated
  cp Main.java generated/src/main/java
  mvn -q -B -f generated/pom.xml -Dmaven.test.skip=true compile dependency:copy-dependencies \
    -DincludeScope=runtime -DoutputDirectory="$PWD/libraries"
  mv generated/target/classes classes
}

generate_go_generator() {
  openapi_generator -g go -p packageName=lossd -p withGoMod=false -o lossd
  rm -rf lossd/test
  go vet . ./lossd
  go build -o client .
}

generate_python() {
  python3 -m venv venv
  venv/bin/pip install --quiet --disable-pip-version-check -r requirements.txt
  # It formats what it writes by ruff, which came with it, and warns of each operation that takes lines.
  PATH=$PWD/venv/bin:$PATH openapi-python-client generate --path ../openapi.json --meta none \
    --output-path lossd_client >generator.log 2>&1 || { cat generator.log >&2; fail "openapi-python-client failed"; }
  venv/bin/datamodel-codegen --input ../openapi.json --input-file-type openapi --disable-warnings \
    --output-model-type pydantic_v2.BaseModel --output lossd_models.py
}

main
