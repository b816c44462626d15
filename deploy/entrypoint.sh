#!/bin/sh
# Read the environment files that EMSHOP_ENV_FILES names (NAME=VALUE lines, taken literally), then become the
# command. What is set already stays as it is.
set -eu
for file in ${EMSHOP_ENV_FILES:-}; do
    if [ ! -f "$file" ]; then
        echo "$file, named in EMSHOP_ENV_FILES, does not exist" >&2
        exit 1
    fi
    while IFS= read -r line || [ -n "$line" ]; do
        case "$line" in '' | '#'*) continue ;; esac
        name=${line%%=*}
        eval "is_set=\${$name+yes}"
        [ "${is_set:-}" = yes ] || export "$line"
    done < "$file"
done
exec "$@"
