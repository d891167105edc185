#include "app/cli/arguments.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <numeric>

namespace inflaton::cli {
namespace {

const Switch* findSwitch(const Command* command, const std::string& name) {
  for (const Switch& s : switches())
    if ((name == s.name || (!s.shortName.empty() && name == s.shortName)) && (!command || !s.onlyWriting || command->writes)) return &s;
  return nullptr;
}

bool isTruth(const std::string& text) {
  static const std::vector<std::string> words{"true", "false", "yes", "no", "on", "off", "1", "0"};
  return std::find(words.begin(), words.end(), text) != words.end();
}

[[noreturn]] void unknownOption(const std::string& typed, const Command* command) {
  std::vector<std::string> known;
  if (command && command->table)
    for (const Parameter& p : command->table->parameters) known.push_back(p.name);
  if (command)
    for (const Switch& s : switchesOf(*command)) known.push_back(s.name);
  std::string name = typed.substr(0, typed.find('='));
  name.erase(0, std::min(name.find_first_not_of('-'), name.size()));
  const std::string near = nearestName(name, known);
  const std::string program = command ? "inflaton-cli " + command->name : "inflaton-cli";
  throw Error(ErrorCode::usage,
              program + " has no option " + typed.substr(0, typed.find('=')) + (near.empty() ? "" : "; did you mean --" + near + "?"),
              program + " --help lists all options");
}

/// CLI11 knows commands of one word only.
std::string oneWord(std::string name) {
  std::replace(name.begin(), name.end(), ' ', '-');
  return name;
}

std::vector<std::string> visibleCommands() {
  std::vector<std::string> names;
  for (const Command& c : commands())
    if (!c.hidden) names.push_back(c.name);
  return names;
}

}  // namespace

std::string nearestName(const std::string& typed, const std::vector<std::string>& known) {
  std::string best;
  std::size_t bestDistance = std::max<std::size_t>(2, typed.size() / 3) + 1;
  for (const std::string& name : known) {
    std::vector<std::size_t> row(name.size() + 1);
    std::iota(row.begin(), row.end(), 0);
    for (std::size_t i = 1; i <= typed.size(); ++i) {
      std::size_t diagonal = std::exchange(row[0], i);
      for (std::size_t j = 1; j <= name.size(); ++j) {
        const std::size_t change = diagonal + (typed[i - 1] != name[j - 1]);
        diagonal = std::exchange(row[j], std::min({row[j] + 1, row[j - 1] + 1, change}));
      }
    }
    const bool begins = typed.size() > 2 && name.compare(0, typed.size(), typed) == 0;
    const std::size_t distance = begins ? 1 : row[name.size()];
    if (distance < bestDistance && distance < name.size()) {
      best = name;
      bestDistance = distance;
    }
  }
  return best;
}

std::vector<std::string> normalised(const std::vector<std::string>& arguments, const Command* command) {
  std::vector<std::string> out;
  const ParameterTable* table = command ? command->table : nullptr;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    std::string token = arguments[i];
    if (token.size() == 2 && token[0] == '-')
      if (const Switch* s = findSwitch(command, token.substr(1))) token = "--" + s->name;
    if (token.size() < 3 || token.compare(0, 2, "--") != 0) {
      out.push_back(token);
      continue;
    }
    const std::size_t equals = token.find('=');
    std::string name = token.substr(2, equals == std::string::npos ? equals : equals - 2);
    std::replace(name.begin(), name.end(), '-', '_');
    std::optional<std::string> value;
    if (equals != std::string::npos) value = token.substr(equals + 1);

    const Parameter* parameter = table ? table->find(name) : nullptr;
    if (!parameter && table && name.compare(0, 3, "no_") == 0 && !value) {
      const Parameter* positive = table->find(name.substr(3));
      if (positive && positive->kind == ParameterKind::flag) {
        out.push_back("--" + positive->name + "=false");
        continue;
      }
    }
    if (!parameter) {  // a switch, --version, or unknown: CLI11 sorts these out
      out.push_back("--" + name + (value ? "=" + *value : ""));
      continue;
    }
    if (!value && parameter->kind == ParameterKind::flag) {
      const bool given = i + 1 < arguments.size() && isTruth(arguments[i + 1]);
      value = given ? arguments[++i] : "true";
    }
    if (!value) {
      if (i + 1 == arguments.size())
        throw Error(ErrorCode::usage, "--" + name + " needs a value" + (parameter->range().empty() ? "" : ": " + parameter->range()));
      value = arguments[++i];
    }
    if (value->empty()) {
      out.push_back("--" + name);
      out.push_back("");
    } else {
      out.push_back("--" + name + "=" + *value);
    }
  }
  return out;
}

Parsed parseArguments(const std::vector<std::string>& typed) {
  Parsed parsed;
  std::vector<std::string> arguments = typed;
  // The command decides what its options mean, so it is looked for first: the first word that is no option, or the first two.
  const auto word = std::find_if(arguments.begin(), arguments.end(), [](const std::string& a) { return a.empty() || a[0] != '-'; });
  if (word != arguments.end()) {
    if (const auto seconds = secondWords(*word); !seconds.empty()) {
      if (word + 1 == arguments.end() || word[1].empty() || word[1][0] == '-') {
        parsed.family = *word;
        parsed.help = std::any_of(arguments.begin(), arguments.end(), [](const std::string& a) { return a == "--help" || a == "-h"; });
        if (parsed.help) return parsed;
        std::string list;
        for (const std::string& second : seconds) list += (list.empty() ? "" : ", ") + second;
        throw Error(ErrorCode::usage, *word + " needs a second word: " + list, "inflaton-cli " + *word + " --help tells what each does");
      }
      *word += " " + word[1];
      arguments.erase(word + 1);
    }
    parsed.command = findCommand(*word);
    if (!parsed.command) {
      const std::string near = nearestName(*word, visibleCommands());
      throw Error(ErrorCode::usage, "there is no command '" + *word + "'" + (near.empty() ? "" : "; did you mean " + near + "?"),
                  "inflaton-cli --help lists the commands");
    }
  }

  CLI::App app;
  app.set_help_flag();
  app.allow_extras();
  app.add_flag("--version", parsed.version);
  std::map<std::string, std::string> texts;
  std::map<std::string, bool> on;
  std::vector<CLI::Option*> options;
  CLI::App* sub = nullptr;
  const auto addSwitches = [&](CLI::App& to, const Command* command) {
    for (const Switch& s : switches())
      if (!command || !s.onlyWriting || command->writes) to.add_flag("--" + s.name, on[s.name]);
  };
  addSwitches(app, nullptr);
  if (const Command* command = parsed.command) {
    const std::string one = oneWord(command->name);
    sub = app.add_subcommand(one, command->summary);
    *word = one;
    sub->set_help_flag();
    sub->allow_extras();
    sub->prefix_command(false);
    addSwitches(*sub, command);
    if (command->table)
      for (const Parameter& p : command->table->parameters)
        options.push_back(sub->add_option("--" + p.name + (p.positional ? "," + p.name : ""), texts[p.name])
                              ->multi_option_policy(CLI::MultiOptionPolicy::TakeLast));
    if (!command->words.empty()) sub->add_option("words", parsed.request.words);
  }

  std::vector<std::string> tokens = normalised(arguments, parsed.command);
  std::reverse(tokens.begin(), tokens.end());  // CLI11 takes them from the back
  try {
    app.parse(tokens);
  } catch (const CLI::ParseError& e) {
    throw Error(ErrorCode::usage, e.what(),
                "inflaton-cli " + (parsed.command ? parsed.command->name + " " : std::string()) + "--help lists all options");
  }
  parsed.help = on["help"];
  parsed.request.json = on["json"];
  parsed.request.dryRun = on["dry_run"];
  if (parsed.help) return parsed;

  for (const CLI::App* level : {static_cast<const CLI::App*>(&app), static_cast<const CLI::App*>(sub)}) {
    if (!level) continue;
    for (const std::string& extra : level->remaining()) {
      if (extra.size() > 1 && extra[0] == '-') unknownOption(extra, parsed.command);
      throw Error(ErrorCode::usage, "'" + extra + "' is one word too many",
                  "inflaton-cli " + parsed.command->name + " --help shows the form");
    }
  }
  for (const CLI::Option* option : options)
    if (option->count() > 0) {
      const std::string name = option->get_lnames().front();
      parsed.request.given[name] = texts[name];
    }
  return parsed;
}

}  // namespace inflaton::cli
