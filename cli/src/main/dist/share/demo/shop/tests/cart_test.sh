#!/bin/sh
# Run from the project's folder: sh tests/cart_test.sh
. ./src/cart.sh

failed=0

expect() {
  what=$1
  wanted=$2
  shift 2
  got=$(cart_total "$@")
  if [ "$got" = "$wanted" ]; then
    echo "ok      $what"
  else
    echo "not ok  $what: wanted $wanted, got $got"
    failed=$((failed + 1))
  fi
}

expect "an empty cart costs nothing" 0 0
expect "every item counts" 600 0 100 200 300
expect "ten percent off" 900 10 400 600
expect "half a cent is rounded up" 111 15 130

echo "cart test: $failed failed"
[ "$failed" -eq 0 ]
