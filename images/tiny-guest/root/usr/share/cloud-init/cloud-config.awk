# Turns a #cloud-config or a meta-data file (read by yaml.awk) into shell commands of the guest's own cloud-init:
#   set_hostname NAME        write_file PATH PERMISSIONS OWNER ENCODING APPEND CONTENT        run_command LINE
# and `ignored WHAT WHY` for the rest: a sample guest that silently did nothing would be a riddle.

END { parse(); if (kind[""] == "map") translate(); else if (kind[""] != "null") ignored("everything", "the top is not a map") }

# For the shell. No backslash in the replacement: awks differ about it.
function quote(s) { gsub(/'/, "'\"'\"'", s); return "'" s "'" }
function ignored(what, why) { print "ignored " quote(what) " " quote(why) }

function translate(   i, name, path) {
  for (i = 0; i < size[""]; i++) {
    name = key["", i]; path = "/" name
    if (name == "hostname" || name == "local-hostname") set_hostname(path, name)
    else if (name == "fqdn") { if (!("/hostname" in kind)) set_hostname(path, name) }
    else if (name == "write_files") write_files(path)
    else if (name == "runcmd") runcmd(path)
    else if (name != "instance-id" && name != "instance_id") ignored(name, "the tiny guest does not know it")
  }
}

function set_hostname(path, name) {
  if (kind[path] == "text") print "set_hostname " quote(text[path])
  else ignored(name, "not text")
}

function runcmd(path,   i, j, item, command) {
  if (kind[path] != "list") { ignored("runcmd", "not a list"); return }
  for (i = 0; i < size[path]; i++) {
    item = path "/" i; command = ""
    if (kind[item] == "text") command = text[item]
    else if (kind[item] == "list") for (j = 0; j < size[item]; j++) command = command (j ? " " : "") quote(text[item "/" j])
    else if (kind[item] == "map") { ignored("runcmd[" i "]", "a map: put quotes around a command with a colon"); continue }
    print "run_command " quote(command)
  }
}

function write_files(path,   i, j, item, name) {
  if (kind[path] != "list") { ignored("write_files", "not a list"); return }
  for (i = 0; i < size[path]; i++) {
    item = path "/" i
    if (kind[item "/path"] != "text") { ignored("write_files[" i "]", "it has no path"); continue }
    for (j = 0; j < size[item]; j++) {
      name = key[item, j]
      if (name !~ /^(path|content|permissions|owner|encoding|append)$/) ignored("write_files[" i "]." name, "the tiny guest does not know it")
    }
    print "write_file " quote(text[item "/path"]) " " quote(text[item "/permissions"]) " " quote(text[item "/owner"]) " " \
      quote(text[item "/encoding"]) " " quote(text[item "/append"]) " " quote(text[item "/content"])
  }
}
