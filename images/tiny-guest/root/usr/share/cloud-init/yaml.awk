# The part of YAML that people write in cloud-config, read into four arrays. A path is the keys (and list positions from 0)
# from the root, each preceded by "/"; the root is "".
#   kind[path]     map, list, text or null
#   text[path]     a scalar's text
#   size[path]     entries of a map or list
#   key[path, i]   a map's keys in their order
# Not read: anchors, tags, several documents. What is not understood is told by complain() with its line.
# Functions declare their local variables as further parameters: awk has no other way.

{ sub(/\r$/, ""); line[NR] = $0 }

function parse() { at = 1; last = NR; block(0, ""); if (significant()) complain("not understood") }

function complain(what) { print "cloud-init: " FILENAME " line " at ": " what > "/dev/stderr"; at++ }

# --- lines

function indent(l) { match(l, /^ */); return RLENGTH }
function trim(s) { sub(/^[ \t]+/, "", s); sub(/[ \t]+$/, "", s); return s }
function blank(s) { return s ~ /^[ \t]*(#.*)?$/ }
function is_item(s) { return s ~ /^-([ \t]|$)/ }
function is_entry(s) { return s !~ /^[][{}#&*!|>%@`,]/ && key_end(s) > 0 }

# Moves to the next line with content; false at the end.
function significant() {
  while (at <= last && (blank(line[at]) || line[at] ~ /^(---|\.\.\.)[ \t]*$/)) at++
  return at <= last
}

# Where a block entry's key ends: at a colon with space or nothing behind it, after a key that may be quoted. 0: no entry.
function key_end(s) {
  if (match(s, /^("[^"]*"|'[^']*')[ \t]*:([ \t]|$)/)) return substr(s, RLENGTH, 1) == ":" ? RLENGTH : RLENGTH - 1
  if (s ~ /^["']/) return 0
  return match(s, /:([ \t]|$)/) && substr(s, 1, RSTART) !~ /[ \t]#/ ? RSTART : 0
}

# --- block style

# Whatever starts on the next line with content, if that is indented by `least` or more.
function block(least, path,   column, rest) {
  kind[path] = "null"
  if (!significant() || indent(line[at]) < least) return
  column = indent(line[at]); rest = substr(line[at], column + 1)
  if (is_item(rest)) block_list(column, path)
  else if (is_entry(rest)) block_map(column, path)
  else value(rest, least - 1, path)
}

function block_list(column, path,   rest, item) {
  kind[path] = "list"; size[path] = 0
  while (significant() && indent(line[at]) == column && is_item(substr(line[at], column + 1))) {
    item = path "/" size[path]++
    rest = substr(line[at], column + 2)
    if (blank(rest)) { at++; block(column + 1, item); continue }
    # "- name: x" opens a map whose column is where "name" stands: read the line again without its dash.
    line[at] = sprintf("%" (column + 1) "s", "") rest
    if (is_item(trim(rest)) || is_entry(trim(rest))) block(column + 1, item)
    else value(trim(rest), column, item)
  }
}

function block_map(column, path,   rest, end, name) {
  kind[path] = "map"; size[path] = 0
  while (significant() && indent(line[at]) >= column) {
    rest = substr(line[at], column + 1)
    if (!is_entry(rest) || rest ~ /^ /) { complain("expected `key: value` here"); continue }
    end = key_end(rest)
    name = unquote(trim(substr(rest, 1, end - 1)))
    rest = trim(substr(rest, end + 1))
    key[path, size[path]++] = name
    if (!blank(rest)) { value(rest, column, path "/" name); continue }
    at++
    # A list may stand at its key's own column.
    if (significant() && indent(line[at]) == column && is_item(substr(line[at], column + 1))) block_list(column, path "/" name)
    else block(column + 1, path "/" name)
  }
}

# --- values: `rest` is what stands on the current line; deeper lines than `column` belong to it

function value(rest, column, path,   first) {
  first = substr(rest, 1, 1)
  if (first == "|" || first == ">") block_text(rest, column, path)
  else if (first == "[" || first == "{" || first == "\"" || first == "'") flow_value(rest, column, path)
  else plain(rest, column, path)
}

function plain(rest, column, path,   s) {
  s = uncomment(rest); at++
  while (at <= last && !blank(line[at]) && indent(line[at]) > column) s = s " " uncomment(trim(line[at++]))
  set_plain(path, s)
}

function uncomment(s) { sub(/[ \t]+#.*$/, "", s); return trim(s) }
function set_plain(path, s) { kind[path] = (s == "" || s == "~" || s == "null") ? "null" : "text"; text[path] = s }

# Literal (|) and folded (>) text, with the chomping marks - and + and an indentation digit.
function block_text(header, column, path,   width, l, s, fold) {
  header = uncomment(header); fold = header ~ /^>/; at++
  width = match(header, /[1-9]/) ? column + substr(header, RSTART, 1) : -1
  for (; at <= last; at++) {
    l = line[at]
    if (l !~ /^ *$/) {
      if (width < 0) width = indent(l)
      if (indent(l) < width || width <= column) break
    }
    l = substr(l, width + 1)
    if (!fold) s = s l "\n"
    else if (l == "") s = s "\n"
    else s = s (s == "" || s ~ /\n$/ ? "" : " ") l
  }
  if (fold) s = s "\n"
  if (header !~ /\+/) sub(/\n+$/, "\n", s)
  if (header ~ /-/) sub(/\n+$/, "", s)
  kind[path] = "text"; text[path] = s
}

# --- flow style and quotes: the text up to the closing bracket or quote is gathered into `flow`, then read by character

function flow_value(rest, column, path) {
  flow = rest; at++
  while (!flow_complete() && at <= last) flow = flow " " trim(line[at++])
  if (!flow_complete()) { at--; complain("a bracket or quote is not closed"); return }
  pos = 1
  flow_node(path)
  if (!blank(trim(substr(flow, pos)))) { at--; complain("text after the closing bracket or quote") }
}

function flow_complete(   i, c, depth, quote, before) {
  for (i = 1; i <= length(flow); i++) {
    c = substr(flow, i, 1)
    if (quote != "") { if (c == "\\" && quote == "\"") i++; else if (c == quote) quote = "" }
    else if ((c == "\"" || c == "'") && before ~ /^[[{,:]?$/) quote = c   # inside a word it is a letter
    else if (c == "[" || c == "{") depth++
    else if (c == "]" || c == "}") depth--
    if (c !~ /[ \t]/) before = c
    if (quote == "" && depth == 0) return 1
  }
  return 0
}

function flow_space() { while (substr(flow, pos, 1) ~ /[ \t]/) pos++; return substr(flow, pos, 1) }

function flow_node(path,   c) {
  c = flow_space()
  if (c == "[") flow_list(path)
  else if (c == "{") flow_map(path)
  else if (c == "\"" || c == "'") { kind[path] = "text"; text[path] = unquote(flow_quoted()) }
  else set_plain(path, flow_plain("[],{}"))
}

function flow_list(path) {
  kind[path] = "list"; size[path] = 0; pos++
  while (flow_space() != "]" && pos <= length(flow)) {
    flow_node(path "/" size[path]++)
    if (flow_space() == ",") pos++
  }
  pos++
}

function flow_map(path,   name) {
  kind[path] = "map"; size[path] = 0; pos++
  while (flow_space() != "}" && pos <= length(flow)) {
    name = substr(flow, pos, 1) ~ /["']/ ? unquote(flow_quoted()) : flow_plain("[],{}:")
    key[path, size[path]++] = name
    kind[path "/" name] = "null"
    if (flow_space() == ":") { pos++; flow_node(path "/" name) }
    if (flow_space() == ",") pos++
  }
  pos++
}

function flow_plain(stop,   start) {
  start = pos
  while (pos <= length(flow) && !index(stop, substr(flow, pos, 1))) pos++
  if (pos == start) pos++   # a stray bracket: never stand still
  return trim(substr(flow, start, pos - start))
}

# The quoted text at pos, with its quotes; in single quotes '' stands for one.
function flow_quoted(   start, quote, c) {
  start = pos; quote = substr(flow, pos++, 1)
  while (pos <= length(flow)) {
    c = substr(flow, pos++, 1)
    if (c == "\\" && quote == "\"") pos++
    else if (c == quote) { if (quote == "'" && substr(flow, pos, 1) == "'") pos++; else break }
  }
  return substr(flow, start, pos - start)
}

function unquote(s,   i, c, out) {
  if (s ~ /^'.*'$/) { s = substr(s, 2, length(s) - 2); gsub(/''/, "'", s); return s }
  if (s !~ /^".*"$/) return s
  for (i = 2; i < length(s); i++) {
    c = substr(s, i, 1)
    if (c == "\\") { c = substr(s, ++i, 1); c = c == "n" ? "\n" : c == "t" ? "\t" : c == "r" ? "\r" : c == "0" ? "" : c }
    out = out c
  }
  return out
}
