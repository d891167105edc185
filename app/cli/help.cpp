#include "app/cli/help.h"

#include <algorithm>
#include <cctype>
#include <sstream>

#include "core/api/relevance.h"

namespace inflaton::cli {
namespace {

// Appends `text` wrapped at `width` to a line that already holds `out`'s last line up to `indent`.
void wrap(std::string& out, const std::string& text, int indent, int width) {
  std::istringstream words(text);
  std::string word;
  int column = indent;
  bool first = true;
  while (words >> word) {
    const int length = static_cast<int>(word.size());
    if (!first && column + 1 + length > width) {
      out += "\n" + std::string(static_cast<std::size_t>(indent), ' ');
      column = indent;
      first = true;
    }
    if (!first) {
      out += ' ';
      ++column;
    }
    out += word;
    column += length;
    first = false;
  }
  out += '\n';
}

void row(std::string& out, const std::string& left, const std::string& text, int width) {
  constexpr int kColumn = 34;
  std::string line = "  " + left;
  if (static_cast<int>(line.size()) + 2 > kColumn)
    line += "\n" + std::string(kColumn, ' ');
  else
    line.resize(kColumn, ' ');
  out += line;
  wrap(out, text, kColumn, width);
}

std::vector<std::string> groupsOf(const ParameterTable& table) {
  std::vector<std::string> groups;
  for (const Parameter& p : table.parameters)
    if (std::find(groups.begin(), groups.end(), p.group) == groups.end()) groups.push_back(p.group);
  return groups;
}

// "unit; range; default 7.01; for solver euler, heun"
std::string facts(const Command& command, const Parameter& p) {
  std::string text;
  const auto add = [&](const std::string& part) {
    if (!part.empty()) text += (text.empty() ? "" : "; ") + part;
  };
  add(p.unit);
  add(p.range());
  const std::string value = defaultText(command, p);
  if (!value.empty()) add("default " + value);
  add(relevanceText(*command.table, p));
  return text;
}

std::string upperCase(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return std::toupper(c); });
  return text;
}

std::string usageLine(const Command& command) {
  std::string line = "inflaton-cli " + command.name;
  if (command.table)
    for (const Parameter& p : command.table->parameters) {
      if (p.positional && p.choices.empty()) line += " " + upperCase(p.name);
      for (std::size_t i = 0; p.positional && i < p.choices.size(); ++i) line += (i ? "|" : " ") + p.choices[i];
    }
  for (std::size_t i = 0; i < command.words.size(); ++i) line += (i ? "|" : " ") + command.words[i];
  return line + " [options]";
}

std::string switchName(const Switch& s) { return (s.shortName.empty() ? "    " : "-" + s.shortName + ", ") + "--" + s.name; }

}  // namespace

std::string valueName(const ParameterInfo& p) {
  switch (p.kind) {
    case ParameterKind::flag:
      return "true|false";
    case ParameterKind::integer:
      return "N";
    case ParameterKind::real:
      return "X";
    case ParameterKind::choice:
      return "NAME";
    case ParameterKind::file:
      return "FILE";
    case ParameterKind::folder:
      return "FOLDER";
    case ParameterKind::text:
      break;
  }
  return "TEXT";
}

std::string defaultText(const Command& command, const Parameter& p) { return formatParameter(p.get(command.defaults)); }

std::string overviewText(const std::string& family) {
  std::string out = "inflaton-cli: inflationary flows without a window\n\nUsage: inflaton-cli " +
                    (family.empty() ? "COMMAND" : family + " COMMAND") + " [options]\n\nCommands:\n";
  for (const Command& c : commands())
    if (!c.hidden && (family.empty() || c.name.compare(0, family.size() + 1, family + " ") == 0)) row(out, c.name, c.summary, 100);
  out += "\nGeneral:\n";
  row(out, "-h, --help", "Print this help; after a command, all its options.", 100);
  row(out, "    --version", "Print the version.", 100);
  out += "\nIn option names '-' and '_' are the same. Exit codes: 0 done, 1 failed, 2 usage, 3 cancelled, 4 diverged.\n";
  return out;
}

std::string helpText(const Command& command, int width) {
  std::string out = "Usage: " + usageLine(command) + "\n\n";
  wrap(out, command.summary, 0, width);
  if (command.table)
    for (const std::string& group : groupsOf(*command.table)) {
      out += "\n" + (group.empty() ? "Options" : group) + ":\n";
      for (const Parameter& p : command.table->parameters)
        if (p.group == group) {
          const std::string more = facts(command, p);
          row(out, "--" + p.name + " " + valueName(p), p.help + (more.empty() ? "" : " [" + more + "]"), width);
        }
    }
  out += "\nGeneral:\n";
  for (const Switch& s : switchesOf(command)) row(out, switchName(s), s.help, width);
  return out;
}

std::string optionsReference() {
  const auto cell = [](std::string text) {
    for (std::size_t at = 0; (at = text.find('|', at)) != std::string::npos; at += 2) text.replace(at, 1, "\\|");
    return text;
  };
  std::string out =
      "# Options of inflaton-cli\n\nMade by `inflaton-cli options-reference` from the tables that the program itself reads.\n";
  for (const Command& command : commands()) {
    if (command.hidden) continue;
    out += "\n## " + command.name + "\n\n" + command.summary + "\n\n`" + usageLine(command) + "`\n";
    if (command.table)
      for (const std::string& group : groupsOf(*command.table)) {
        out +=
            "\n### " + (group.empty() ? "Options" : group) + "\n\n| option | default | unit | allowed | meaning |\n|---|---|---|---|---|\n";
        for (const Parameter& p : command.table->parameters)
          if (p.group == group) {
            const std::string when = relevanceText(*command.table, p);
            out += "| `--" + p.name + "` | " + cell(defaultText(command, p)) + " | " + cell(p.unit) + " | " + cell(p.range()) + " | " +
                   cell(p.help + (when.empty() ? "" : " (" + when + ")")) + " |\n";
          }
      }
    out += "\n### General\n\n| option | meaning |\n|---|---|\n";
    for (const Switch& s : switchesOf(command)) out += "| `--" + s.name + "` | " + s.help + " |\n";
  }
  return out;
}

}  // namespace inflaton::cli
