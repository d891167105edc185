# First file: name, comparison, target, unit, what. Then the benches' lines: name, value, unit. Names of targets may end in '*'.
FNR == NR {
  if ($0 ~ /^#/ || NF < 5) next
  targets++
  name[targets] = $1; compare[targets] = $2; target[targets] = $3; unit[targets] = $4; what[targets] = $5
  next
}
NF >= 2 {
  found = 0
  for (i = 1; i <= targets && !found; i++) {
    stem = name[i]
    if (sub(/\*$/, "", stem) ? index($1, stem) == 1 : $1 == stem) found = i
  }
  rows++
  key[rows] = $1; value[rows] = $2; valueUnit[rows] = $3; of[rows] = found
  if (found) seen[found] = 1
}
END {
  printf "%-58s %14s %14s  %s\n", "what", "to reach", "reached", ""
  for (i = 1; i <= targets; i++)
    for (r = 1; r <= rows; r++)
      if (of[r] == i) {
        ok = compare[i] == "<=" ? value[r] + 0 <= target[i] + 0 : value[r] + 0 >= target[i] + 0
        label = what[i]
        if (name[i] ~ /\*$/) label = label " " substr(key[r], length(name[i]))
        printf "%-58s %14s %14s  %s\n", label, compare[i] " " target[i] " " unit[i], sprintf("%.4g %s", value[r], valueUnit[r]), ok ? "ok" : "NOT REACHED"
      }
  for (r = 1; r <= rows; r++)
    if (!of[r]) printf "%-58s %14s %14s\n", key[r], "-", sprintf("%.4g %s", value[r], valueUnit[r])
}
