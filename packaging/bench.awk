# First file: the targets. Then the benches' lines: name, value, unit.
FNR == NR {
  if ($0 ~ /^#/ || NF < 5) next
  targets++
  name[targets] = $1; compare[targets] = $2; target[targets] = $3; unit[targets] = $4; what[targets] = $5
  next
}
NF >= 2 {
  rows++
  key[rows] = $1; value[rows] = $2; valueUnit[rows] = $3
  for (i = 1; i <= targets && !of[rows]; i++)
    if ($1 ~ "^(" name[i] ")$") of[rows] = i
}
function row(label, toReach, r, verdict) {
  printf "%-58s %16s %16s  %s\n", label, toReach, sprintf("%.3g %s", value[r], of[r] ? unit[of[r]] : valueUnit[r]), verdict
}
END {
  printf "%-58s %16s %16s\n", "what", "to reach", "reached"
  for (i = 1; i <= targets; i++)
    for (r = 1; r <= rows; r++)
      if (of[r] == i) {
        label = what[i]
        if (name[i] ~ /\.\*/) {  # one of a family: what the others do not share
          member = key[r]
          sub(/^round_trip_/, "", member)
          sub(/_compressed$/, "", member)
          label = label " " member
        }
        if (compare[i] == "-") row(label, "", r, "")
        else {
          ok = compare[i] == "<=" ? value[r] + 0 <= target[i] + 0 : value[r] + 0 >= target[i] + 0
          row(label, compare[i] " " target[i] " " unit[i], r, ok ? "ok" : "NOT REACHED")
        }
      }
  for (r = 1; r <= rows; r++)
    if (!of[r]) row(key[r], "", r, "")
}
