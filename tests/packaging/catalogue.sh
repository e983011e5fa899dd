#!/bin/sh
# The demo catalogue as a shelf: every code valid and belonging to one drug, every kind of case a till must meet there.
# usage: catalogue.sh FILE
set -eu
LC_ALL=C awk -v file="$1" '
function fail(why) { printf "%s:%d: %s\n", file, NR, why; bad++ }
# One CSV line into f[1..n]; quotes double inside quotes; lines never break inside a field here.
function split_csv(line, f,    n, i, c, quoted, at) {
    n = 1; f[1] = ""; quoted = 0
    for (i = 1; i <= length(line); i++) {
        c = substr(line, i, 1)
        if (quoted) {
            if (c != "\"") f[n] = f[n] c
            else if (substr(line, i + 1, 1) == "\"") { f[n] = f[n] c; i++ }
            else quoted = 0
        } else if (c == "\"") quoted = 1
        else if (c == ",") f[++n] = ""
        else f[n] = f[n] c
    }
    if (quoted) fail("a quote is not closed")
    return n
}
function check_digit(code,    i, sum) {
    for (i = 1; i <= 12; i++) sum += substr(code, i, 1) * (i % 2 ? 1 : 3)
    return (10 - sum % 10) % 10
}
/\r/ { fail("carriage return") }
NR == 1 {
    if ($0 != "code,name,spec,form,maker,generic,pinyin,price,rx,vat_bp,shelf,lot_no,expires_on,quantity") fail("header")
    next
}
{
    if (split_csv($0, f) != 14) { fail("not 14 fields"); next }
    code = f[1]; name = f[2]; rx = f[9]
    if (code !~ /^69[0-9]+$/ || length(code) != 13) fail("code " code)
    else if (substr(code, 13) + 0 != check_digit(code)) fail("check digit of " code)
    drug = f[2]
    for (i = 3; i <= 11; i++) drug = drug SUBSEP f[i]
    if (!(code in drugs)) {
        drugs[code] = drug; packs++
        if ((f[2], f[3]) in packs_by_name) fail("two codes for " f[2] " " f[3])
        packs_by_name[f[2], f[3]] = 1
        if (name ~ /[\344-\351]/) {
            cjk++
            if (f[7] !~ /^[a-z0-9]+$/) fail("no pinyin initials: " name)
        }
        if (rx == "rx") rx_packs++
        else if (rx == "controlled") controlled++
        else if (rx != "none") fail("rx " rx)
        if (f[8] !~ /^[0-9]+\.[0-9][0-9]$/ || f[8] + 0 <= 0) fail("price " f[8])
        if (f[10] != "1300") fail("vat_bp " f[10])
        if (f[11] !~ /^[A-Z]+[0-9]+-[0-9]+$/) fail("shelf " f[11])
    } else if (drugs[code] != drug) fail("another drug under the code " code)
    if (f[12] == "" && f[13] == "" && f[14] == "") { stock[code] += 0; next }
    if (f[12] == "" || f[13] !~ /^[+-][0-9]+d$/ || f[14] !~ /^[1-9][0-9]*$/) { fail("lot " f[12] " " f[13] " " f[14]); next }
    if ((code, f[12]) in lots) fail("lot twice: " code " " f[12])
    lots[code, f[12]] = 1
    lots_of[code]++
    stock[code] += f[14]
    if (f[13] ~ /^-/) expired++
    else if (f[13] + 0 <= 60) soon++
}
function least(what, have, want) {
    printf "%s: %d\n", what, have
    if (have < want) { printf "%s: fewer than %d %s\n", file, want, what; bad++ }
}
END {
    for (code in stock) { if (stock[code] == 1) single++; if (stock[code] == 0) none++ }
    for (code in lots_of) if (lots_of[code] > 1) several++
    least("packs", packs, 320); least("packs with Chinese names", cjk, 90); least("prescription packs", rx_packs, 60)
    least("controlled packs", controlled, 10); least("expired lots", expired, 4); least("lots that expire soon", soon, 5)
    least("packs with stock 1", single, 4); least("packs without stock", none, 4); least("packs with several lots", several, 20)
    exit bad ? 1 : 0
}' "$1"
